"""Answers {"sql": ...} lines with {"columns", "rows"}, {} or {"error"} from DuckDB with huntsql loaded."""
import datetime
import json
import re
import sys

wheel, extension = sys.argv[1:3]
sys.path.insert(0, wheel)
import duckdb  # noqa: E402

connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
connection.execute("SET threads = 2; SET enable_progress_bar = false")
try:
    for statement in sys.argv[3:]:
        connection.execute(statement)
    connection.execute(f"LOAD '{extension}'")
    failure = None
except Exception as error:  # every later statement is answered with it
    failure = str(error)


def cell(value):
    return nested(value) or "(empty)"


def nested(value):
    """As arrow's formatter prints it."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return "[" + ", ".join(nested(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {nested(item)}" for name, item in value.items()) + "}"
    if isinstance(value, datetime.datetime):
        digits = 0 if value.microsecond == 0 else 3 if value.microsecond % 1000 == 0 else 6
        fraction = f"{value.microsecond:06}"[:digits]
        return f"{value:%Y-%m-%d %H:%M:%S}" + ("." + fraction if fraction else "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    return str(value)


for line in sys.stdin:
    sql = json.loads(line)["sql"]
    try:
        if failure:
            raise RuntimeError(failure)
        cursor = connection.execute(sql)
        if re.match(r"\s*(select|with|from|explain|values)\b", sql, re.I):
            rows = [[cell(value) for value in row] for row in cursor.fetchall()]
            answer = {"columns": len(cursor.description), "rows": rows}
        else:
            answer = {}
    except Exception as error:  # whatever it is, it is DuckDB's answer
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
