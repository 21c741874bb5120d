/*
 * Clients.java: pgjdbc against the extension: what an application binds, gets, and reads from errors.
 *
 * setString() says that the value is a varchar.  Arguments of functions take it; a column of an enum
 * or jsonb takes it only as Types.OTHER, with a cast, or with stringtype=unspecified in the URL.
 * Each test that binds runs both ways, with statements prepared by the driver and on the server.
 */
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

public final class Clients {
	private static final String PREFIX = "client_jdbc";
	private static final OffsetDateTime AT = OffsetDateTime.parse("2026-03-29T01:30:00.123456-03:30");
	private static int number;
	private static int failures;

	private final String way;
	private final Properties options;

	private Clients(String way, Properties options) {
		this.way = way;
		this.options = options;
	}

	public static void main(String[] arguments) throws SQLException {
		Properties plain = new Properties();
		Properties unspecified = new Properties();

		plain.setProperty("prepareThreshold", "-1"); // on the server, with binary values, from the first
		unspecified.setProperty("stringtype", "unspecified");
		new Clients("typed", plain).run();
		new Clients("unspecified", unspecified).run();
		System.out.println("1.." + number);
		System.exit(failures > 0 ? 1 : 0);
	}

	private void run() throws SQLException {
		firstStatements();
		try (Connection app = connect("app"); Connection own = connect("own")) {
			parameters(app);
			results(app);
			enums(app);
			errors(app, own);
			restricted(own);
			linkedByHand(app, own);
			notifications(app);
			inATransaction(app);
			check("R112: healthy", rows(app, "SELECT * FROM contacts.check()"), List.of());
		}
	}

	private Connection connect(String role) throws SQLException {
		Properties all = new Properties();

		all.putAll(options);
		all.setProperty("user", PREFIX + "_" + role);
		all.setProperty("socketFactory", "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg");
		all.setProperty("socketFactoryArg", System.getenv("PGHOST") + "/.s.PGSQL." + System.getenv("PGPORT"));
		all.setProperty("sslmode", "disable");
		return DriverManager.getConnection("jdbc:postgresql://localhost/" + System.getenv("PGDATABASE"), all);
	}

	private void check(String title, Object found, Object expected) {
		boolean ok = Objects.equals(String.valueOf(found), String.valueOf(expected));

		number++;
		failures += ok ? 0 : 1;
		System.out.printf("%sok %d - %s: %s%n", ok ? "" : "not ", number, way, title);
		if (!ok) {
			System.out.printf("# found:    %s%n# expected: %s%n", found, expected);
		}
	}

	/* The rows of a statement. */
	private static List<List<Object>> rows(Connection connection, String sql, Object... values)
			throws SQLException {
		List<List<Object>> rows = new ArrayList<>();

		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			bind(statement, values);
			statement.execute();
			ResultSet result = statement.getResultSet();
			while (result != null && result.next()) {
				List<Object> row = new ArrayList<>();
				for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
					row.add(result.getObject(i));
				}
				rows.add(row);
			}
		}
		return rows;
	}

	private static List<Object> row(Connection connection, String sql, Object... values) throws SQLException {
		List<List<Object>> rows = rows(connection, sql, values);

		return rows.isEmpty() ? null : rows.get(0);
	}

	private static void bind(PreparedStatement statement, Object... values) throws SQLException {
		for (int i = 0; i < values.length; i++) {
			Object value = values[i];

			if (value == null) {
				statement.setNull(i + 1, Types.NULL);
			} else if (value instanceof Other) {
				statement.setObject(i + 1, ((Other) value).text, Types.OTHER);
			} else {
				statement.setObject(i + 1, value);
			}
		}
	}

	/* A value whose type the server knows: an enum, jsonb. */
	private static final class Other {
		private final String text;

		private Other(String text) {
			this.text = text;
		}
	}

	private static Other other(String text) {
		return new Other(text);
	}

	/* The error of a statement: SQLSTATE, schema, table, column, constraint, detail. */
	private static List<String> failure(Connection connection, String sql, Object... values) {
		try {
			rows(connection, sql, values);
			return List.of("no error");
		} catch (SQLException error) {
			ServerErrorMessage message = ((PSQLException) error).getServerErrorMessage();

			return Arrays.asList(error.getSQLState(), message.getSchema(), message.getTable(),
				message.getColumn(), message.getConstraint(), message.getDetail());
		}
	}

	/* The library is loaded by whatever comes first. */
	private void firstStatements() throws SQLException {
		Object[][] statements = {
			{"reports", "SELECT outcome FROM contacts.record_activity(?, email => ?)", "note", "first@" + way + ".example"},
			{"normalizes", "SELECT contacts.normalize_phone(?, ?)", "+1 415 555 0101", null},
			{"reads a view", "SELECT count(*) FROM contacts.contact_overview"},
			{"inserts", "INSERT INTO contacts.contact (name) VALUES (?) RETURNING contact_id", "First"},
			{"sets a setting", "SELECT set_config('contacts.actor', ?, false)", "jdbc"},
		};

		for (Object[] one : statements) {
			try (Connection connection = connect("app")) {
				check("the first statement of a connection " + one[0],
					rows(connection, (String) one[1], Arrays.copyOfRange(one, 2, one.length)).size(), 1);
			}
		}
	}

	/* Each type of the interface, in and out again. */
	private void parameters(Connection app) throws SQLException {
		String data = "{\"a\": [1, null, \"ü\"], \"q\": \"'\\\\ ? %s\"}";
		String email = "p@" + way + ".example";

		rows(app, "SELECT contacts.record_activity(kind => ?, email => ?, name => ?, fields => ?, occurred_at => ?,"
			+ " data => ?, state => ?, starts_at => ?, source => ?, source_ref => ?)",
			"booking", email, "O'Neil ü", other("{\"size\": 5}"), AT, other(data), "scheduled", null, "jdbc", way);
		check("text, jsonb, timestamptz and null", row(app, "SELECT data::text, occurred_at = ?, starts_at, kind, state"
			+ " FROM contacts.activity WHERE source = 'jdbc' AND source_ref = ?", AT, way),
			Arrays.asList(data, true, null, "booking", "scheduled"));
		List<Object> upserted = row(app, "SELECT contact_id, outcome FROM contacts.upsert_contact(email => ?, tags => ?,"
			+ " fields => ?::jsonb)", email, app.createArrayOf("text", new Object[] {"VIP", "a, \"b\" {c}"}),
			"{\"langs\": [\"de\", \"en\"]}");
		check("a bigint is a Long", upserted.get(0).getClass(), Long.class);
		check("text[]", row(app, "SELECT string_agg(name, '|' ORDER BY name COLLATE \"C\") FROM contacts.tag"),
			List.of("VIP|a, \"b\" {c}"));
		check("bigint[]", row(app, "SELECT contacts.set_status(?, ?) > 0",
			app.createArrayOf("bigint", new Object[] {upserted.get(0), 1L}), "qualified"), List.of(true));
		check("an empty array", row(app, "SELECT contacts.set_status(?, ?)",
			app.createArrayOf("bigint", new Object[] {}), "qualified"), List.of(0));
		check("a batch", rows(app, "SELECT item, error IS NULL FROM contacts.record_activities(?, on_error => ?)",
			other("[{\"kind\": \"n\", \"email\": \"" + email + "\"}, {\"kind\": \"n\", \"email\": \"bad\"}]"), "report"),
			List.of(List.of(1, true), List.of(2, false)));
	}

	/* Rows, composites, enums. */
	private void results(Connection app) throws SQLException {
		String email = "r@" + way + ".example";

		check("recorded as columns", row(app, "SELECT outcome, matched_by, duplicate_of"
			+ " FROM contacts.record_activity(?, email => ?)", "note", email), Arrays.asList("created", null, null));
		String one = row(app, "SELECT contacts.record_activity(?, email => ?)", "note", email).get(0).toString();
		check("recorded as one value", one.replaceAll("\\d+", "N"), "(N,N,matched,email,)");
		check("upserted, enums as text", row(app, "SELECT outcome, matched_by, duplicate_of"
			+ " FROM contacts.upsert_contact(email => ?, mode => ?)", email, "skip"), Arrays.asList("skipped", "email", null));
	}

	/* A word is bound for an enum: as Types.OTHER, with a cast, or untyped by the URL. */
	private void enums(Connection app) throws SQLException {
		boolean untyped = "unspecified".equals(options.getProperty("stringtype"));

		check("an enum in an INSERT, Types.OTHER", row(app, "INSERT INTO contacts.contact (name, status) VALUES (?, ?)"
			+ " RETURNING status", "Enum " + way, other("sales_qualified")), List.of("sales_qualified"));
		check("in an UPDATE, with a cast", row(app, "UPDATE contacts.contact SET status = ?::contacts.contact_status"
			+ " WHERE name = ? RETURNING status", "disqualified", "Enum " + way), List.of("disqualified"));
		check("in a condition, Types.OTHER", row(app, "SELECT count(*) > 0 FROM contacts.contact WHERE status = ?",
			other("disqualified")), List.of(true));
		check("in an array, with a cast", row(app, "SELECT count(*) > 0 FROM contacts.contact"
			+ " WHERE status = ANY (?::contacts.contact_status[])",
			app.createArrayOf("text", new Object[] {"disqualified", "qualified"})), List.of(true));
		check("in a call, as a text", row(app, "SELECT outcome FROM contacts.upsert_contact(email => ?, status => ?)",
			"enum@" + way + ".example", "qualified"), List.of("created"));
		check("a word that is none", failure(app, "SELECT contacts.set_status(?, ?)",
			app.createArrayOf("bigint", new Object[] {1L}), "nonsense").get(0), "22023");
		check("a String without any of these", failure(app, "UPDATE contacts.contact SET status = ? WHERE name = ?",
			"disqualified", "Enum " + way).get(0), untyped ? "no error" : "42804");
	}

	private void errors(Connection app, Connection own) throws SQLException {
		Object[][] paths = {
			{"INSERT", "INSERT INTO contacts.contact (owner_id, email) VALUES (11, ?)", "Hidden@clients.example", "email"},
			{"UPDATE", "UPDATE contacts.contact SET phone = ? WHERE contact_id = 1", "+1 415 555 0102", "phone"},
			{"update_contact", "SELECT contacts.update_contact(1, ?)", other("{\"email\": \"hidden@clients.example\"}"), "email"},
			{"create_contact", "SELECT contacts.create_contact(phone => ?)", "+14155550102", "phone"},
		};

		for (Object[] path : paths) {
			check("R11: " + path[0] + " says constraint and column", failure(app, (String) path[1], path[2]),
				Arrays.asList("23505", "contacts", "contact", path[3], "identifier_pkey", "It belongs to contact 2."));
			check("R41: " + path[0] + " of a hidden one says neither", failure(own, (String) path[1], path[2]).subList(0, 5),
				Arrays.asList("42501", null, null, null, null));
		}
		check("the connection goes on", row(app, "SELECT 1"), List.of(1));
	}

	/* What every ORM does. */
	private void restricted(Connection own) throws SQLException {
		String title = "R81: a restricted member inserts with RETURNING";

		check(title, row(own, "INSERT INTO contacts.contact (name, owner_id, email, status) VALUES (?, ?, ?, ?)"
				+ " RETURNING name, owner_id, status", "Theirs", 11L, "theirs@" + way + ".example", other("qualified")),
			List.of("Theirs", 11, "qualified"));
		try (PreparedStatement statement = own.prepareStatement("INSERT INTO contacts.contact (name) VALUES (?)",
				new String[] {"contact_id", "owner_id"})) {
			statement.setString(1, "Mine");
			statement.executeUpdate();
			ResultSet keys = statement.getGeneratedKeys();
			check("R81: generated keys, and they own what has no owner", keys.next() && keys.getLong(1) > 0
				&& keys.getLong(2) == 11, true);
		}
	}

	/* An activity of a contact that is known by its id. */
	private void linkedByHand(Connection app, Connection own) throws SQLException {
		String title = "reports with contact_id";

		check(title, row(app, "SELECT contact_id FROM contacts.record_activity(?, contact_id => ?)", "note", 2L), List.of(2));
		check("in a batch", row(app, "SELECT contact_id FROM contacts.record_activities(?)",
			other("[{\"kind\": \"n\", \"contact_id\": 2}]")), List.of(2));
		check("not with one that they do not see",
			failure(own, "SELECT contacts.record_activity(?, contact_id => ?)", "note", 2L).get(0), "P0002");
	}

	private void notifications(Connection app) throws SQLException {
		try (Connection listener = connect("app")) {
			rows(listener, "LISTEN contacts_event");
			rows(app, "SET contacts.notify = on");
			rows(app, "UPDATE contacts.contact SET company = ? WHERE contact_id = 1", "told " + way);
			rows(app, "RESET contacts.notify");
			PGNotification[] heard = listener.unwrap(PGConnection.class).getNotifications(5000);
			check("R100: LISTEN hears of the account", heard == null || heard.length == 0 ? "silence"
				: heard[0].getName() + " " + heard[0].getParameter(), "contacts_event 1");
		}
	}

	/* SET LOCAL and a savepoint, as behind a pooler. */
	private void inATransaction(Connection app) throws SQLException {
		String visible = "SELECT contact_id FROM contacts.contact WHERE contact_id IN (1, 2)";

		app.setAutoCommit(false);
		rows(app, "SELECT set_config('contacts.member_id', ?, true)", "11");
		check("a member for one transaction", rows(app, visible), List.of(List.of(1)));
		Savepoint savepoint = app.setSavepoint();
		failure(app, "SELECT contacts.create_contact(email => ?)", "seen@clients.example");
		app.rollback(savepoint);
		check("a savepoint in it", row(app, "SELECT outcome FROM contacts.record_activity(?, email => ?)", "n",
			"seen@clients.example"), List.of("matched"));
		app.commit();
		app.setAutoCommit(true);
		check("all again after it", rows(app, visible).size(), 2);
	}
}
