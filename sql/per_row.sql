-- Table form of a function that says something about each row: the rows, numbered, joined with what is said about each number.
-- duckdb-ext fills in the braces at LOAD, once for each function.
CREATE MACRO {catalog}.{name}({params}) AS TABLE
WITH _huntsql_rows AS MATERIALIZED (
    SELECT row_number() OVER () AS _huntsql_row, * FROM query_table(tbl)
), _huntsql_said AS (
    SELECT unnest(_huntsql_items, max_depth := 2)
    FROM (
        SELECT part AS _huntsql_part, _huntsql_{name}_rows(_huntsql_row, {call}) AS _huntsql_items
        FROM _huntsql_rows
        GROUP BY 1
    )
)
SELECT r.* EXCLUDE (_huntsql_row), s.* EXCLUDE (_huntsql_row)
FROM _huntsql_rows r JOIN _huntsql_said s ON r._huntsql_row = s._huntsql_row
