-- The pictures of docs/charts.md, from the sample logs: huntsql -f docs/charts/pictures.sql, in the root of the repository.
CREATE VIEW processes AS SELECT *, to_timestamp("TimeCreated") AS ts FROM 'examples/logs/processes.ndjson';
CREATE VIEW connections AS SELECT *, to_timestamp(time) AS ts FROM 'examples/logs/connections.csv';
CREATE VIEW traffic AS SELECT *, to_timestamp(hour) AS ts FROM 'examples/logs/traffic.csv';

SELECT path, rows_drawn FROM huntsql.render_timeline(processes, ts, path => 'docs/charts/timeline.png', title => 'Process events', color => 'Computer');

SELECT path, rows_drawn FROM huntsql.render_timeline(connections, ts, src, color => 'port', title => 'Connections by host', path => 'docs/charts/timeline_lanes.png');

WITH p AS (SELECT * FROM huntsql.process_tree(processes))
SELECT path, rows_drawn FROM huntsql.render_timeline_durations(p, part => process_host, path => 'docs/charts/durations.png', title => 'How long processes ran');

SELECT path, rows_drawn FROM huntsql.render_timeline_values(traffic, ts, megabytes, host, path => 'docs/charts/values.png', title => 'Traffic in megabytes an hour');

WITH a AS (SELECT * FROM huntsql.stl_anomalies(traffic, ts, megabytes, part => host))
SELECT path, rows_drawn FROM huntsql.render_series(a, path => 'docs/charts/series.png', title => 'Traffic that was not expected');

WITH p AS (SELECT * FROM huntsql.process_tree(processes) WHERE process_host = 'ws-05')
SELECT path, rows_drawn FROM huntsql.render_process_tree(p, color => 'SubjectUserName', path => 'docs/charts/process_tree.png', title => 'Processes of ws-05', height => 900);

SELECT path, rows_drawn FROM huntsql.render_matrix(connections, dst, src, path => 'docs/charts/matrix.png', title => 'Who talks to whom', max_values => 30);

WITH g AS (SELECT dst, geoip(dst, {'database': 'examples/geo/sample.mmdb'}) AS geo FROM connections),
  p AS (SELECT dst, geo['latitude'] AS latitude, geo['longitude'] AS longitude, geo['country'] AS country FROM g)
SELECT path, rows_drawn FROM huntsql.render_map(p, label => dst, color => 'country', path => 'docs/charts/map.png', title => 'Where connections go');

SELECT path, rows_drawn FROM huntsql.render_graph(processes, "SubjectUserName", "NewProcessName", source_attributes => ['Computer'], path => 'docs/charts/graph.png', title => 'Users and programs', max_nodes => 60);

SELECT path, rows_drawn FROM huntsql.render_graph(connections, src, dst, bytes, path => 'docs/charts/network.png', title => 'Hosts and addresses', max_nodes => 80);

SELECT path, rows_drawn FROM huntsql.render_sankey(connections, ['src', 'port', 'dst'], path => 'docs/charts/sankey.png', title => 'From host over port to address', max_values => 10);

SELECT path, rows_drawn FROM huntsql.render_bars(processes, "NewProcessName", color => 'Computer', path => 'docs/charts/bars.png', title => 'Programs', max_values => 15);

SELECT path, rows_drawn FROM huntsql.render_histogram(connections, bytes, scale => 'log', path => 'docs/charts/histogram.png', title => 'Bytes of a connection');
