-- Log4Shell: from the archive to the process chain, in one statement each. The recordings are not part of huntsql. They are in the project Security-Datasets
-- (https://github.com/OTRF/Security-Datasets, MIT), folder datasets/compound/Log4Shell; put the archives into a folder security-datasets below the one you
-- run this from: huntsql -f examples/log4shell.sql

-- 1. Linux, auditd as Azure's agent (auoms) sends it: a Tomcat server was sent a JNDI reference. The message of a Syslog row is an audit record.
--    Kept are the trees with a command that is hardly ever harmless; the label shows commands decoded.
WITH log AS (
  SELECT e['time'] AS time, e['fields']['node'] AS node, e['fields']['pid'] AS pid, e['fields']['ppid'] AS ppid, e['fields']['exe'] AS exe,
         e['fields']['cmdline'] AS command_line
  FROM (
    SELECT parse_auditd(SyslogMessage) AS e
    FROM read_mordor('security-datasets/syslog_auoms_auditd_log4shell_cve2021_44228_jndi_reference.zip')
  ) s
  WHERE e['fields']['success'] = 'yes'
),
tree AS (SELECT * FROM huntsql.process_tree(log)),
attack AS (SELECT * FROM tree WHERE root_key IN (SELECT root_key FROM tree WHERE array_length(command_risk(command_line, {'min_severity': 'high'})) > 0))
SELECT start_time, line
FROM huntsql.tree_text(attack, label => concat(coalesce(process, '?'), ' (', process_pid, ')  ', b64_decode_text(command_line)));

-- 2. The same minutes as Sysmon for Linux saw them: the message of a Syslog row is the event in XML.
WITH log AS (
  SELECT Computer, CAST(split_part(split_part(xml, 'Name="UtcTime">', 2), '<', 1) AS TIMESTAMP) AS UtcTime,
         split_part(split_part(xml, 'Name="Image">', 2), '<', 1) AS Image,
         split_part(split_part(xml, 'Name="CommandLine">', 2), '<', 1) AS CommandLine,
         split_part(split_part(xml, 'Name="ProcessId">', 2), '<', 1) AS ProcessId,
         split_part(split_part(xml, 'Name="ProcessGuid">', 2), '<', 1) AS ProcessGuid,
         split_part(split_part(xml, 'Name="ParentImage">', 2), '<', 1) AS ParentImage,
         split_part(split_part(xml, 'Name="ParentProcessId">', 2), '<', 1) AS ParentProcessId,
         split_part(split_part(xml, 'Name="ParentProcessGuid">', 2), '<', 1) AS ParentProcessGuid
  FROM (
    SELECT Computer, SyslogMessage AS xml
    FROM read_mordor('security-datasets/syslog_sysmon_log4shell_cve2021_44228_jndi_reference.zip')
    WHERE SyslogMessage LIKE '%<EventID>1</EventID>%'
  ) s
),
tree AS (SELECT * FROM huntsql.process_tree(log)),
attack AS (SELECT * FROM tree WHERE root_key IN (SELECT root_key FROM tree WHERE array_length(command_risk(CommandLine, {'min_severity': 'high'})) > 0))
SELECT start_time, line
FROM huntsql.tree_text(attack, label => concat(process, ' (', process_pid, ')  ', b64_decode_text(CommandLine)));

-- 3. Windows, Sysmon: another Tomcat was sent a serialized object. It starts PowerShell with an agent of Empire; at the end of the line stands where the
--    decoded command calls home.
WITH log AS (
  SELECT * FROM read_winevent_json('security-datasets/sysmon_log4shell_cve2021_44228_java_serialized_object.zip',
    columns => ['Image', 'CommandLine', 'ProcessId', 'ProcessGuid', 'ParentImage', 'ParentProcessId', 'ParentProcessGuid'])
  WHERE event_id IN (1, 5)
),
tree AS (SELECT * FROM huntsql.process_tree(log))
SELECT start_time, line
FROM huntsql.tree_text(tree, label => concat_ws('  ', concat(split_part(process, '\', -1), ' (', process_pid, ')'), left(CommandLine, 40),
  extract_iocs(b64_decode_text(CommandLine), {'types': ['url']})[1]['value']));
