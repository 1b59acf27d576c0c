-- Table form of a function that gives items of its own: one group per value of "part", one row per item.
-- duckdb-ext fills in the braces at LOAD, once for each function. Level 1 of unnest is the list, level 2 the struct: lists and structs
-- inside of an item stay whole.
CREATE MACRO {catalog}.{name}({params}) AS TABLE
SELECT _huntsql_part AS part, unnest(_huntsql_items, max_depth := 2)
FROM (
    SELECT part AS _huntsql_part, huntsql_{name}({call}) AS _huntsql_items
    FROM query_table(tbl)
    GROUP BY 1
)
