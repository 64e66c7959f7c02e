"""Reads a running demo as LibreOffice Base does: a data source, its tables, queries, a row set that scrolls.

Usage: check.py UNO-ADDRESS JDBCURL DRIVER-JAR; check.sh calls it.
"""

import sys
import time

import uno
from com.sun.star.beans import PropertyValue

address, url, jar = sys.argv[1:4]


def expect(what, expected, found):
    if expected != found:
        sys.exit(f"{what}: expected {expected!r}, found {found!r}")
    print(f"{what}: {found!r}")


def connect():
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            return resolver.resolve(f"uno:{address};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.2)
    sys.exit("LibreOffice did not start.")


def rows(result, columns):
    found = []
    while result.next():
        found.append(tuple(result.getString(i + 1) for i in range(columns)))
    return found


context = connect()
databases = context.ServiceManager.createInstanceWithContext(
    "com.sun.star.sdb.DatabaseContext", context)
source = databases.createInstance()
source.URL = url
source.Info = (
    PropertyValue("JavaDriverClass", 0, "io.cuvee.jdbc.Driver", 0),
    PropertyValue("JavaDriverClassPath", 0, "file://" + jar, 0),
)
connection = source.getConnection("", "")

names = connection.getTables().getElementNames()
expect("tables", True, any(name.endswith("flights") for name in names)
       and any(name.endswith("airports") for name in names))
airports = connection.getTables().getByName(next(n for n in names if n.endswith("airports")))
expect("columns", True, "iata" in airports.getColumns().getElementNames())

statement = connection.createStatement()
expect("a query", [("3376",)], rows(statement.executeQuery("SELECT COUNT(*) FROM airports"), 1))
prepared = connection.prepareStatement('SELECT "city", "state" FROM "airports" WHERE "iata" = ?')
prepared.setString(1, "SFO")
expect("a parameter", [("San Francisco", "CA")], rows(prepared.executeQuery(), 2))

# What a form or a grid does: a row set over a table, scrolled to and fro.
row_set = context.ServiceManager.createInstanceWithContext("com.sun.star.sdb.RowSet", context)
row_set.ActiveConnection = connection
row_set.CommandType = 2  # a command
row_set.Command = 'SELECT "iata" FROM "airports" WHERE "state" = \'DE\' ORDER BY "iata"'
row_set.execute()
row_set.last()
count = row_set.Row
row_set.first()
first = row_set.getString(1)
expect("scrolled", True, count > 1 and row_set.isFirst() and len(first) > 0)
print("LibreOffice Base reads Cuvée.")
connection.close()
