-- The pictures of docs/charts.md, from the sample logs: huntsql -f docs/charts/pictures.sql, in the root of the repository.
CREATE VIEW processes AS SELECT *, to_timestamp("TimeCreated") AS ts FROM 'examples/logs/processes.ndjson';
CREATE VIEW connections AS SELECT *, to_timestamp(time) AS ts FROM 'examples/logs/connections.csv';
CREATE VIEW traffic AS SELECT *, to_timestamp(hour) AS ts FROM 'examples/logs/traffic.csv';

SELECT path, rows_drawn FROM huntsql.render_timeline(processes, ts, path => 'docs/charts/timeline.png', width => 1000, title => 'Process events', color => 'Computer');

SELECT path, rows_drawn FROM huntsql.render_timeline(connections, ts, src, color => 'port', width => 1000, title => 'Connections by host', path => 'docs/charts/timeline_lanes.png');

WITH p AS (SELECT * FROM huntsql.process_tree(processes))
SELECT path, rows_drawn FROM huntsql.render_timeline_durations(p, part => process_host, path => 'docs/charts/durations.png', width => 1000, title => 'How long processes ran');

SELECT path, rows_drawn FROM huntsql.render_timeline_values(traffic, ts, megabytes, host, path => 'docs/charts/values.png', width => 1000, title => 'Traffic in megabytes an hour');

WITH a AS (SELECT * FROM huntsql.stl_anomalies(traffic, ts, megabytes, part => host))
SELECT path, rows_drawn FROM huntsql.render_series(a, path => 'docs/charts/series.png', width => 1000, title => 'Traffic that was not expected');

WITH p AS (SELECT * FROM huntsql.process_tree(processes) WHERE process_host = 'ws-05')
SELECT path, rows_drawn FROM huntsql.render_process_tree(p, color => 'SubjectUserName', path => 'docs/charts/process_tree.png', width => 1000, title => 'Processes of ws-05', height => 900);

SELECT path, rows_drawn FROM huntsql.render_matrix(connections, dst, src, path => 'docs/charts/matrix.png', width => 1000, title => 'Who talks to whom', max_values => 30);

-- The sample database knows a few networks only: addresses of these, as a log of a web server would have them.
WITH seen AS (SELECT * FROM (VALUES ('81.2.69.142', 41), ('81.2.69.160', 12), ('89.160.20.113', 90), ('175.16.199.3', 7), ('185.220.101.7', 3), ('185.220.101.34', 66), ('2001:480:10::7', 18), ('8.8.8.8', 2)) v(ip, hits)),
  g AS (SELECT ip, hits, geoip(ip, {'database': 'examples/geo/sample.mmdb'}) AS geo FROM seen),
  p AS (SELECT ip, hits, geo['latitude'] AS latitude, geo['longitude'] AS longitude, geo['country'] AS country FROM g)
SELECT path, rows_drawn FROM huntsql.render_map(p, label => ip, value => hits, color => 'country', path => 'docs/charts/map.png', width => 1000, title => 'Where requests come from');

SELECT path, rows_drawn FROM huntsql.render_graph(processes, "SubjectUserName", "NewProcessName", source_attributes => ['Computer'], path => 'docs/charts/graph.png', width => 1000, title => 'Users and programs', max_nodes => 60);

SELECT path, rows_drawn FROM huntsql.render_graph(connections, src, dst, bytes, path => 'docs/charts/network.png', width => 1000, title => 'Hosts and addresses', max_nodes => 80);

SELECT path, rows_drawn FROM huntsql.render_sankey(connections, ['src', 'port', 'dst'], path => 'docs/charts/sankey.png', width => 1000, title => 'From host over port to address', max_values => 10);

SELECT path, rows_drawn FROM huntsql.render_bars(processes, "NewProcessName", color => 'Computer', path => 'docs/charts/bars.png', width => 1000, title => 'Programs', max_values => 15);

SELECT path, rows_drawn FROM huntsql.render_histogram(connections, bytes, scale => 'log', path => 'docs/charts/histogram.png', width => 1000, title => 'Bytes of a connection');
