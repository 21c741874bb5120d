-- Which steps of setup() have been done (R1).

CREATE TABLE contacts.schema_version (
	version      integer NOT NULL,
	library      text NOT NULL,
	installed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	-- A dump of the data brings the rows of its own set-up beside those of this one.
	PRIMARY KEY (version, installed_at),
	CONSTRAINT schema_version_times_finite CHECK (pg_catalog.isfinite(installed_at))
);
COMMENT ON TABLE contacts.schema_version IS 'One row is one step of setup() that has been done.';
COMMENT ON COLUMN contacts.schema_version.version IS 'number of the step';
COMMENT ON COLUMN contacts.schema_version.library IS 'version of the extension that did it';
COMMENT ON COLUMN contacts.schema_version.installed_at IS 'when it was done';
