-- A hunt over the sample logs: which commands were hidden, what do they say, and where do they lead?
-- Run it from the top of the repository: huntsql -f examples/hunt.sql

-- 1. Encoded commands on Windows, as they read when decoded. The innermost text says what was meant to run.
SELECT time, host, "user", item['encoding'] AS encoding, item['text'] AS decoded_command
FROM (
  SELECT "@timestamp" AS time, Computer AS host, "User" AS "user", unnest(b64_unpack(CommandLine)) AS item
  FROM 'examples/logs/windows.ndjson'
) s
WHERE item['kind'] = 'text'
ORDER BY time, item['path'];

-- 2. The indicators in every command line, hidden or plain.
SELECT time, host, "user", ioc['type'] AS type, ioc['value'] AS value
FROM (
  SELECT "@timestamp" AS time, Computer AS host, "User" AS "user",
         unnest(extract_iocs(b64_decode_text(CommandLine), {'types': ['url', 'domain', 'ipv4', 'registry_key']})) AS ioc
  FROM 'examples/logs/windows.ndjson'
) s
ORDER BY time, type, value;

-- 3. The same over the Linux log: it has one column, `line`.
SELECT split_part(line, ' ', 1) AS time, split_part(line, ' ', 2) AS host, ioc['type'] AS type, ioc['value'] AS value, decoded
FROM (
  SELECT line, b64_decode_text(line) AS decoded, unnest(extract_iocs(b64_decode_text(line), {'types': ['url', 'domain', 'sha256']})) AS ioc
  FROM 'examples/logs/syslog.log'
) s
ORDER BY time, type, value;

-- 4. Does anything else speak to what was found? Network events and logins, by address.
WITH bad AS (SELECT '203.0.113.66' AS ip),
seen AS (
  SELECT split_part(line, ' ', 2) AS host, 'syslog' AS source, unnest(extract_iocs(line, {'types': ['ipv4']})) AS ioc FROM 'examples/logs/syslog.log'
  UNION ALL
  SELECT Computer AS host, 'windows' AS source, unnest(extract_iocs(b64_decode_text(CommandLine), {'types': ['ipv4']})) AS ioc FROM 'examples/logs/windows.ndjson'
)
SELECT host, source, ip, ip_type(ip) AS ip_type, count(*) AS events
FROM (SELECT host, source, ioc['value'] AS ip FROM seen) s JOIN bad USING (ip)
GROUP BY host, source, ip
ORDER BY events DESC, host;
