-- Table form of a function that makes another table of the rows of one. The whole row is handed over as a struct, since the function looks for its
-- arguments by the names of the columns. Nothing is said of single rows, so they need no numbers. Blocks: see events.sql.
-- duckdb-ext fills in the braces at LOAD, once for each function.
CREATE MACRO {catalog}.{name}({params}) AS TABLE
SELECT unnest(_huntsql_{name}_fields(_huntsql_entry))
FROM (
    SELECT unnest(_huntsql_{name}_entries(_huntsql_block), max_depth := 2)
    FROM (
        SELECT unnest(_huntsql_blocks) AS _huntsql_block
        FROM (
            SELECT _huntsql_{name}_rows(0, _huntsql_rows, {call}) AS _huntsql_blocks
            FROM query_table(tbl) _huntsql_rows
        )
    )
)
