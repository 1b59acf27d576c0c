-- Metasploit reads passwords out of LSASS: from the archive to the process chain, in one statement. The recording is not part of huntsql. It is in the project
-- Security-Datasets (https://github.com/OTRF/Security-Datasets, MIT), folder datasets/compound/LSASS_campaign_01; put the archive into a folder
-- security-datasets below the one you run this from: huntsql -f examples/logonpasswords.sql

-- Sysmon's event 10 tells who opened LSASS with the right to read its memory (0x10 is in the mask). Windows does so every minute; a program outside its folders has no business there.
-- The chain is what that program comes from and what it started.
WITH log AS (
  SELECT * FROM read_winevent_json('security-datasets/metasploit_logonpasswords_lsass_memory_dump.zip',
    columns => ['Image', 'CommandLine', 'ProcessId', 'ProcessGuid', 'ParentImage', 'ParentProcessId', 'ParentProcessGuid',
                'SourceImage', 'SourceProcessGUID', 'TargetImage', 'GrantedAccess'])
  WHERE provider = 'Microsoft-Windows-Sysmon' AND event_id IN (1, 5, 10)
),
tree AS (SELECT * FROM huntsql.process_tree(log)),
readers AS (
  SELECT DISTINCT SourceProcessGUID AS guid FROM log
  WHERE event_id = 10 AND ends_with(lower(TargetImage), '\lsass.exe') AND NOT starts_with(lower(SourceImage), 'c:\windows\')
    AND GrantedAccess IN ('0x1010', '0x1410', '0x1418', '0x1438', '0x143a', '0x1fffff')
),
attack AS (
  SELECT t.* FROM readers
  JOIN tree r ON r.ProcessGuid = readers.guid
  JOIN tree t ON t.path = r.path OR starts_with(t.path, r.path || '/') OR starts_with(r.path, t.path || '/')
)
SELECT start_time, line FROM huntsql.tree_text(attack);
