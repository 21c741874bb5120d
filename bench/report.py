#!/usr/bin/env python3
"""report: medians and ratios of bench/run, as a table for people and a plot of growth.

    report.py FOLDER    reads FOLDER/results.tsv, prints the table, writes table.txt, growth.md
                        and growth.svg beside it

A line of results.tsv is one run: contacts, row, side, run, units worked through, seconds, processor
seconds of the backend.  For the row `clients` units are transactions and seconds is 1.
"""

import os
import sys
from collections import defaultdict
from statistics import median

SIDES = {"ours": "#1f6feb", "raw": "#57606a", "peer": "#bf3989"}


class Results:
    """Medians of what was measured."""

    def __init__(self, path):
        self.runs = defaultdict(list)
        self.sizes = []
        with open(path, encoding="utf-8") as file:
            for line in file:
                size, row, side, _, units, seconds, cpu = line.rstrip("\n").split("\t")
                self.runs[int(size), row, side].append(
                    (float(units), float(seconds), float(cpu)))
                if int(size) not in self.sizes:
                    self.sizes.append(int(size))

    def has(self, size, row, side="ours"):
        return (size, row, side) in self.runs

    def micros(self, size, row, side):
        """Microseconds per unit, by the clock; None when not measured."""
        runs = self.runs.get((size, row, side))
        return median(s / u for u, s, _ in runs) * 1e6 if runs else None

    def cpu(self, size, row, side):
        """Microseconds of processor per unit."""
        runs = self.runs.get((size, row, side))
        return median(c / u for u, _, c in runs) * 1e6 if runs else None

    def net(self, size, row, side):
        """Nanoseconds per unit beyond the no-op, of processor time: neighbours disturb it less."""
        return (self.cpu(size, row, side) - self.cpu(size, row, "noop")) * 1000

    def scans(self, size, row):
        return [side for (s, r, side) in self.runs
                if (s, r) == (size, row) and side.startswith("sequential")]


class Line:
    """One line of the table."""

    def __init__(self, label, ours, raw=None, peer=None, ratio="", goal="", kept=None,
                 disturbed=False):
        def show(value):
            return value if isinstance(value, str) else "" if value is None else figure(value)
        verdict = "" if kept is None else "ok" if kept else "missed"
        if verdict and disturbed:
            verdict += " (by processor time)"
        self.cells = [label, show(ours), show(raw), show(peer), ratio, goal, verdict]


def figure(value):
    return "%.0f" % value if value >= 100 else "%.1f" % value if value >= 10 else "%.2f" % value


def email(results, size):
    ours, raw = (results.net(size, "email", side) for side in ("ours", "raw"))
    yield Line("normalize_email, ns net", ours, raw, None, "%.2f" % (ours / raw), "<= 0.5 raw",
               ours <= 0.5 * raw)
    raw = results.net(size, "email", "raw_c")
    yield Line("  raw with COLLATE \"C\"", ours, raw, None, "%.2f" % (ours / raw))


def phone(row, label, goal):
    def lines(results, size):
        ours = results.net(size, row, "ours")
        yield Line("normalize_phone %s, ns net" % label, ours, None, None, "", "<= %d ns" % goal,
                   ours <= goal)
        library = results.micros(size, row, "libphonenumber")
        if library:
            library *= 1000
            yield Line("  against libphonenumber, ns", ours, None, library,
                       "1/%.0f" % (library / ours), "<= 1/40", library >= 40 * ours)
    return lines


def against(row, label, limit=None, peer_factor=None):
    """Rows with ours and raw, perhaps raw without foreign keys, raw from json, and the peer."""
    def lines(results, size):
        ours, raw, peer = (results.micros(size, row, side) for side in ("ours", "raw", "peer"))
        scans = results.scans(size, row)
        goal = "info" if limit is None else "<= %g raw" % limit
        cpu, raw_cpu = results.cpu(size, row, "ours"), results.cpu(size, row, "raw")
        disturbed = ours > 1.15 * cpu or raw > 1.15 * raw_cpu
        judged = cpu / raw_cpu if disturbed else ours / raw
        kept = None if limit is None else judged <= limit and not scans
        yield Line(label, ours, raw, None, "%.2f" % (ours / raw), goal, kept, disturbed)
        for side, name in (("raw_nofk", "raw, no fk"), ("raw_bare", "raw without audit, events"),
                           ("raw_json", "raw from the json")):
            other = results.micros(size, row, side)
            if other:
                yield Line("  " + name, ours, other, None, "%.2f" % (ours / other))
        yield Line("  processor time", cpu, raw_cpu, results.cpu(size, row, "peer"),
                   "%.2f" % (cpu / raw_cpu))
        if peer:
            yield Line("  PL/pgSQL peer", ours, None, peer, "1/%.2f" % (peer / ours),
                       "<= 1/%g peer" % peer_factor if peer_factor else "",
                       peer >= peer_factor * ours if peer_factor else None)
        for scan in scans:
            yield Line("  " + scan, "")
    return lines


def clients(results, size):
    ours, raw, free = (median(u for u, _, _ in results.runs[size, "clients", side])
                       for side in ("ours", "raw", "raw_nofk"))
    yield Line("record_activity, 4 clients, tps", ours, raw, None, "%.2f" % (ours / raw),
               ">= 0.85 raw", ours >= 0.85 * raw)
    yield Line("  raw, no fk", ours, free, None, "%.2f" % (ours / free))


def by_itself(row, label, most, goal):
    """Rows with a goal in microseconds and nobody to compare with."""
    def lines(results, size):
        ours = results.micros(size, row, "ours")
        cpu = results.cpu(size, row, "ours")
        yield Line(label, ours, None, None, "", goal, (cpu if ours > 1.15 * cpu else ours) <= most,
                   ours > 1.15 * cpu)
    return lines


ROWS = [
    ("email", email),
    ("e164", phone("e164", "E.164", 80)),
    ("national", phone("national", "national", 300)),
    ("known", against("known", "record_activity known, us", 4, 3)),
    ("new", against("new", "record_activity new, us")),
    ("clients", clients),
    ("batch", against("batch", "record_activities, us per item", 1.6)),
    ("overview", against("overview", "contact_overview first page, us", 1.2)),
    ("timeline", against("timeline", "timeline of one contact, us", 1.2)),
    ("trigger", against("trigger", "UPDATE company, us per row", 3)),
    ("merge", against("merge", "merge_contacts, 1000 activities, us", 2)),
    ("duplicates", by_itself("duplicates", "find_duplicates, us per contact", 180, "<= 180")),
    ("search", by_itself("search", "  of one contact, us", 20000, "<= 20000")),
]


def table(results, size):
    """The lines of one number of contacts, columns aligned."""
    rows = [["%d contacts" % size, "ours", "raw", "peer", "ratio", "goal", ""]]
    for row, lines in ROWS:
        if results.has(size, row):
            rows += [line.cells for line in lines(results, size)]
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(rows[0]))]
    for cells in rows:
        yield "  ".join(cell.ljust(width) if i in (0, 5, 6) else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(cells, widths))).rstrip()


def unit_cost(results, size, row, side):
    """What grows: microseconds of processor per unit; for clients, of the clock per transaction."""
    if row == "clients":
        runs = results.runs.get((size, row, side))
        return 1e6 / median(u for u, _, _ in runs) if runs else None
    return results.cpu(size, row, side)


def growth_table(results):
    yield "| microseconds of processor per unit | side | %s |" % " | ".join("%d" % s for s in results.sizes)
    yield "|---|---|%s" % ("---:|" * len(results.sizes))
    for row, _ in ROWS:
        for side in SIDES:
            costs = [unit_cost(results, size, row, side) for size in results.sizes]
            if any(costs):
                yield "| %s | %s | %s |" % (row, side, " | ".join(
                    figure(cost) if cost else "" for cost in costs))


WIDE, HIGH, LEFT, TOP, COLUMNS = 250, 170, 52, 34, 3


def growth_plot(results):
    """One panel per row: cost per unit over the number of contacts, both logarithmic."""
    from math import ceil, floor, log10
    rows = [row for row, _ in ROWS if any(results.has(s, row) for s in results.sizes)]
    height = -(-len(rows) // COLUMNS) * HIGH + 30
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
           'font-family="sans-serif" font-size="10">' % (WIDE * COLUMNS, height),
           '<rect width="100%" height="100%" fill="white"/>',
           '<text x="8" y="16" font-size="12">processor microseconds per unit by contacts: %s</text>'
           % ", ".join('<tspan fill="%s">%s</tspan>' % (SIDES[s], s) for s in SIDES)]
    low, high = log10(min(results.sizes)), log10(max(results.sizes))
    for number, row in enumerate(rows):
        x0 = number % COLUMNS * WIDE + LEFT
        y0 = number // COLUMNS * HIGH + TOP + 16
        wide, tall = WIDE - LEFT - 16, HIGH - TOP - 24
        costs = {side: [(size, unit_cost(results, size, row, side)) for size in results.sizes]
                 for side in SIDES}
        costs = {side: [(s, c) for s, c in points if c] for side, points in costs.items()}
        values = [log10(c) for points in costs.values() for _, c in points]
        bottom, top = floor(min(values)), ceil(max(values) + 1e-9)

        def place(size, cost):
            share = (log10(size) - low) / (high - low) if high > low else 0.5
            return (x0 + share * wide,
                    y0 + tall - (log10(cost) - bottom) / max(top - bottom, 1) * tall)
        out.append('<text x="%d" y="%d" font-weight="bold">%s</text>' % (x0, y0 - 6, row))
        out.append('<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#d0d7de"/>'
                   % (x0, y0, wide, tall))
        for exponent in range(bottom, top + 1):
            y = place(min(results.sizes), 10 ** exponent)[1]
            out.append('<text x="%d" y="%.1f" text-anchor="end">%g</text>'
                       % (x0 - 4, y + 3, 10 ** exponent))
            out.append('<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#eaeef2"/>'
                       % (x0, x0 + wide, y, y))
        for size in results.sizes:
            out.append('<text x="%.1f" y="%d" text-anchor="middle">%g</text>'
                       % (place(size, 10 ** bottom)[0], y0 + tall + 12, size))
        for side, points in costs.items():
            spots = [place(*point) for point in points]
            out.append('<polyline fill="none" stroke="%s" stroke-width="1.5" points="%s"/>'
                       % (SIDES[side], " ".join("%.1f,%.1f" % spot for spot in spots)))
            out += ['<circle cx="%.1f" cy="%.1f" r="2.5" fill="%s"/>' % (x, y, SIDES[side])
                    for x, y in spots]
    return "\n".join(out + ["</svg>"])


def main(folder):
    results = Results(os.path.join(folder, "results.tsv"))
    text = "\n\n".join("\n".join(table(results, size)) for size in results.sizes)
    print(text)
    for name, content in (("table.txt", text), ("growth.md", "\n".join(growth_table(results))),
                          ("growth.svg", growth_plot(results))):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(content + "\n")


main(sys.argv[1])
