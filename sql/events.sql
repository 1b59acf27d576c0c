-- Table form of a function that puts rows in relation: what it says, joined with the rows it speaks of; some of it is said of no row.
-- The whole row is handed over as a struct, since the function looks for its arguments by the names of the columns.
-- What it says comes in packed blocks of entries, which are made as they are asked for: the whole is larger than the table. An entry stays packed until it has
-- its row, since a join holds one side of it.
-- duckdb-ext fills in the braces at LOAD, once for each function.
CREATE MACRO {catalog}.{name}({params}) AS TABLE
WITH _huntsql_rows AS MATERIALIZED (
    SELECT row_number() OVER () AS _huntsql_row, * FROM query_table(tbl)
), _huntsql_said AS (
    SELECT unnest(_huntsql_{name}_entries(_huntsql_block), max_depth := 2)
    FROM (
        SELECT unnest(_huntsql_blocks) AS _huntsql_block
        FROM (
            SELECT _huntsql_{name}_rows(_huntsql_row, _huntsql_rows, {call}) AS _huntsql_blocks
            FROM _huntsql_rows
        )
    )
)
SELECT unnest(_huntsql_fields), * EXCLUDE (_huntsql_fields, _huntsql_row)
FROM (
    SELECT _huntsql_{name}_fields(s._huntsql_entry) AS _huntsql_fields, r.*
    FROM _huntsql_said s LEFT JOIN _huntsql_rows r ON r._huntsql_row = s._huntsql_row
)
