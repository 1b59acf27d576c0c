//! Events of every producer, and what no producer writes.

use super::*;
use proptest::prelude::*;

/// The columns that are set, then the event data; `None` for what is no event.
fn show(line: &str) -> Option<String> {
    show_wanted(line, &Wants::all())
}

fn show_wanted(line: &str, wants: &Wants) -> Option<String> {
    let mut event = Event::default();
    Reader::default().parse(line, wants, &mut event).then_some(())?;
    let mut shown = Vec::new();
    for field in Field::ALL {
        match field.ty() {
            crate::types::SqlType::Text => shown.extend(event.text(field).map(|text| format!("{}={text}", field.name()))),
            _ => shown.extend(event.number(field).map(|number| format!("{}={number}", field.name()))),
        }
    }
    shown.push("-".to_owned());
    shown.extend(event.data().iter().map(|(key, value)| format!("{key}={value}")));
    shown.extend((0..wants.names().len()).map(|at| format!("[{}]", event.named(at).unwrap_or("NULL"))));
    Some(shown.join("|"))
}

#[test]
fn producers() {
    for (line, expected) in [
        // Security-Datasets, exported from Windows' own collector.
        (
            r#"{"SourceName":"Microsoft-Windows-Security-Auditing","Level":"0","Keywords":"0x8020000000000000","Channel":"Security","Hostname":"MKT01","TimeCreated":"2023-08-15T09:53:59.757Z","@timestamp":"2023-08-15T09:53:59.757Z","EventID":4688,"Message":"A new process","Task":"13312","ProcessId":"0x7a4","NewProcessName":"C:\\a.exe","ProviderGuid":"{x}"}"#,
            r"time=1692093239757000|computer=MKT01|channel=Security|provider=Microsoft-Windows-Security-Auditing|event_id=4688|level=0|task=13312|keywords=0x8020000000000000|message=A new process|-|ProcessId=0x7a4|NewProcessName=C:\a.exe",
        ),
        // Security-Datasets by NXLog and Logstash: a clock four hours behind UTC.
        (
            r#"{"Keywords":-9223372036854775808,"SeverityValue":2,"EventID":10,"ExecutionProcessID":9848,"Channel":"Sysmon","host":"wec","AccountType":"User","UserID":"S-1-5-18","ThreadID":7976,"EventType":"INFO","Opcode":"Info","EventTime":"2020-09-20 12:16:06","EventReceivedTime":"2020-09-20 12:16:09","@timestamp":"2020-09-20T16:16:09.362Z","SourceModuleType":"im_msvistalog","port":64545,"RecordNumber":2120060,"Task":10,"OpcodeValue":0,"SourceName":"Microsoft-Windows-Sysmon","Version":3,"Category":"Process accessed","Hostname":"W5","RuleName":"-","tags":["mordorDataset"],"Severity":"INFO","@version":"1"}"#,
            "time=1600618566000000|computer=W5|channel=Sysmon|provider=Microsoft-Windows-Sysmon|event_id=10|version=3|task=10|opcode=0|keywords=0x8000000000000000|record_id=2120060|process_id=9848|thread_id=7976|user=S-1-5-18|-|AccountType=User|EventType=INFO|Category=Process accessed|RuleName=-",
        ),
        // Winlogbeat 7 and later.
        (
            r#"{"@timestamp":"2023-01-01T00:00:00.000Z","event":{"code":"1","provider":"Microsoft-Windows-Sysmon","action":"Process Create","created":"x"},"winlog":{"provider_name":"Microsoft-Windows-Sysmon","event_id":"1","channel":"Sysmon","computer_name":"ws1","record_id":7,"task":"Process Create","opcode":"Info","keywords":["Audit Success","x"],"version":5,"process":{"pid":4,"thread":{"id":8}},"user":{"identifier":"S-1-5-18","name":"SYSTEM"},"event_data":{"Image":"C:\\a.exe","Empty":null},"api":"wineventlog"},"agent":{"name":"ws1"},"host":{"name":"ws1"},"log":{"level":"information"},"message":"m"}"#,
            r"time=1672531200000000|computer=ws1|channel=Sysmon|provider=Microsoft-Windows-Sysmon|event_id=1|version=5|level=4|opcode=0|keywords=Audit Success, x|record_id=7|process_id=4|thread_id=8|user=S-1-5-18|message=m|-|event.action=Process Create|winlog.task=Process Create|winlog.user.name=SYSTEM|Image=C:\a.exe",
        ),
        (
            r#"{"@timestamp":"2023-01-01T00:00:00Z","winlog.event_id":4624,"winlog.provider_name":"p","winlog.event_data.LogonType":"3","host.name":"h"}"#,
            "time=1672531200000000|computer=h|provider=p|event_id=4624|-|LogonType=3",
        ),
        // Winlogbeat 6.
        (
            r#"{"@timestamp":"2018-01-01T00:00:00Z","beat":{"name":"b"},"computer_name":"c","event_data":{"param1":"x"},"event_id":7036,"level":"Information","log_name":"System","process_id":460,"record_number":"23","source_name":"Service Control Manager","thread_id":1,"user":{"identifier":"S-1-5-18","name":"n"}}"#,
            "time=1514764800000000|computer=c|channel=System|provider=Service Control Manager|event_id=7036|level=4|record_id=23|process_id=460|thread_id=1|user=S-1-5-18|-|param1=x|user.name=n",
        ),
        // evtx_dump, in two of its forms.
        (
            r##"{"Event":{"#attributes":{"xmlns":"http://x"},"System":{"Provider":{"#attributes":{"Name":"Eventlog","Guid":"{g}"}},"EventID":{"#attributes":{"Qualifiers":16384},"#text":1102},"Level":4,"TimeCreated":{"#attributes":{"SystemTime":"2023-01-01T00:00:00.5Z"}},"EventRecordID":9,"Correlation":null,"Execution":{"#attributes":{"ProcessID":4,"ThreadID":40}},"Computer":"pc","Security":{"#attributes":{"UserID":"S-1-5-18"}}},"UserData":{"LogFileCleared":{"#attributes":{"xmlns":"y"},"SubjectUserName":"ann"}}}}"##,
            "time=1672531200500000|computer=pc|provider=Eventlog|event_id=1102|level=4|record_id=9|process_id=4|thread_id=40|user=S-1-5-18|-|SubjectUserName=ann",
        ),
        (
            r##"{"Event":{"Event_attributes":{"xmlns":"x"},"System":{"Provider_attributes":{"Name":"p"},"EventID":1,"EventID_attributes":{"Qualifiers":0}},"EventData":{"Data":{"#text":["a","a",null,"b"]},"Binary":null}}}"##,
            "provider=p|event_id=1|-|param1=a|param2=a|param4=b",
        ),
        // Chainsaw puts the document into its finding.
        (
            r##"{"name":"rule","document":{"kind":"evtx","data":{"Event":{"System":{"EventID":1},"EventData":{"Image":"i"}}}}}"##,
            "event_id=1|-|name=rule|document.kind=evtx|Image=i",
        ),
        // Velociraptor.
        (
            r#"{"System":{"Provider":{"Name":"p"},"EventID":{"Value":4624},"TimeCreated":{"SystemTime":1672531200.5},"Execution":{"ProcessID":4}},"EventData":{"A":1},"Message":"m"}"#,
            "time=1672531200500000|provider=p|event_id=4624|process_id=4|message=m|-|A=1",
        ),
        // xmltodict.
        (
            r##"{"Event":{"@xmlns":"x","System":{"Provider":{"@Name":"p"},"EventID":"4624","TimeCreated":{"@SystemTime":"2023-01-01 00:00:00"}},"EventData":{"Data":[{"@Name":"A","#text":"1"},{"@Name":"B"},"c"]}}}"##,
            "time=1672531200000000|provider=p|event_id=4624|-|A=1|param1=c",
        ),
        (r##"{"Event":{"System":{"EventID":1},"EventData":{"Data":{"@Name":"A","#text":"1"}}}}"##, "event_id=1|-|A=1"),
        (r##"{"Event":{"System":{"EventID":1},"EventData":{"Data":{"#attributes":{"Name":"A"},"#text":"1"}}}}"##, "event_id=1|-|A=1"),
        // EvtxECmd.
        (
            r##"{"MapDescription":"d","ChunkNumber":0,"Computer":"c","Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"A\",\"#text\":\"1\"}]}}","UserId":"S-1-5-18","Channel":"Security","Provider":"p","EventId":4624,"EventRecordId":"12","ProcessId":4,"ThreadId":5,"Level":"LogAlways","Keywords":"Audit success","TimeCreated":"2023-01-01T00:00:00.1234567+00:00","PayloadData1":"x"}"##,
            "time=1672531200123456|computer=c|channel=Security|provider=p|event_id=4624|level=0|keywords=Audit success|record_id=12|process_id=4|thread_id=5|user=S-1-5-18|-|A=1",
        ),
        // Sentinel: columns, XML, JSON.
        (
            r#"{"TenantId":"t","TimeGenerated":"2022-05-13T08:54:05.21Z","SourceSystem":"OpsManager","Computer":"W5","EventSourceName":"p","Channel":"Security","Task":1,"Level":"0","EventData":"\u003cEventData>\r\n <Data Name=\"A\">1 &amp; 2\u003c/Data>\r\n</EventData>","EventID":5156,"Type":"SecurityEvent","_ResourceId":"/x","Account":"a\\b"}"#,
            r"time=1652432045210000|computer=W5|channel=Security|provider=p|event_id=5156|level=0|task=1|-|A=1 & 2|Account=a\b",
        ),
        (
            r#"{"TimeGenerated":"2022-05-13T08:54:06Z","Provider":"Sysmon","EventLevel":4,"EventLevelName":"Information","EventData":"{\"RuleName\":\"-\",\"Image\":\"C:\\\\a\"}","EventID":3}"#,
            r"time=1652432046000000|provider=Sysmon|event_id=3|level=4|-|RuleName=-|Image=C:\a",
        ),
        // Get-WinEvent of PowerShell 5.
        (
            r#"{"Id":4624,"Version":2,"Qualifiers":null,"Level":0,"Task":12544,"Opcode":0,"Keywords":-9214364837600034816,"RecordId":5,"ProviderName":"p","ProviderId":"g","LogName":"Security","ProcessId":4,"ThreadId":8,"MachineName":"m","UserId":{"BinaryLength":12,"Value":"S-1-5-18"},"TimeCreated":"\/Date(1599050712345)\/","MatchedQueryIds":[],"Bookmark":{"a":{}},"LevelDisplayName":"Information","KeywordsDisplayNames":["Audit Success"],"Properties":[{"Value":"S-1"},{"Value":7}],"Message":"m"}"#,
            "time=1599050712345000|computer=m|channel=Security|provider=p|event_id=4624|version=2|level=0|task=12544|opcode=0|keywords=0x8020000000000000|record_id=5|process_id=4|thread_id=8|user=S-1-5-18|message=m|-|param1=S-1|param2=7",
        ),
    ] {
        assert_eq!(show(line).as_deref(), Some(expected), "{line}");
    }
}

#[test]
fn oddities() {
    for (line, expected) in [
        (r#"{"EventID":1,"a":"1","a":"2","a":"1","\u0061":"3"}"#, Some("event_id=1|-|a=1|a=2|a=1|a=3")),
        // What does not fit its column, or contradicts a better source of it, is kept.
        (
            r#"{"EventID":"one","Provider":"p","Task":"Logon","Opcode":7,"OpcodeValue":0}"#,
            Some("provider=p|opcode=0|-|EventID=one|Task=Logon|Opcode=7"),
        ),
        (r#"{"EventID":1,"Hostname":"a","Computer":"b","Level":""}"#, Some("computer=b|event_id=1|-|Hostname=a")),
        (
            r#"{"EventID":1,"x":{"y":{"z":[1, {"a":2}]}},"w":true,"v":null,"u":1.50}"#,
            Some(r#"event_id=1|-|x.y.z=[1, {"a":2}]|w=true|u=1.50"#),
        ),
        (r#"{"EventID":1,"s":"\ud800\u0000\ud83d\ude00"}"#, Some("event_id=1|-|s=\u{fffd}\u{0}😀")),
        (r#"{"EventID":1,"EventData":"{cut"}"#, Some("event_id=1|-|EventData={cut")),
        (r#"{"EventID":1,"EventData":"<a>"}"#, Some("event_id=1|-|EventData=<a>")),
        (r#"{"EventID":99999999999999999999,"Provider":"p"}"#, Some("provider=p|-|EventID=99999999999999999999")),
        (" {\"EventID\" : 1 }\r\n", Some("event_id=1|-")),
        (r##"{"EventID":1,"":"","#attributes":{"x":1}}"##, Some("event_id=1|-|=")),
        // Without the next shipper's time, or with one that is no zone away, a local time is taken for UTC.
        (r#"{"EventID":1,"EventTime":"1970-01-01 00:00:01","EventReceivedTime":"1970-01-01 00:00:02"}"#, Some("time=1000000|event_id=1|-")),
        (
            r#"{"EventID":1,"EventTime":"1970-01-01 00:00:01","EventReceivedTime":"1970-01-01 00:00:02","@timestamp":"1970-01-01T00:07:00Z"}"#,
            Some("time=1000000|event_id=1|-"),
        ),
        (
            r#"{"EventID":1,"EventTime":"1970-01-01 00:00:01","EventReceivedTime":"1970-01-01 00:00:02","@timestamp":"1970-01-02T00:00:00Z"}"#,
            Some("time=1000000|event_id=1|-"),
        ),
        (
            r#"{"@timestamp":"1970-01-01T00:00:03Z","EventID":1,"EventTime":"1970-01-01 05:30:01","EventReceivedTime":"1970-01-01 05:30:02"}"#,
            Some("time=1000000|event_id=1|-"),
        ),
        (r#"{"message":"m"}"#, None),
        (r#"{"EventID":null}"#, None),
        (r#"{"EventID":1"#, None),
        (r#"{"EventID":1} x"#, None),
        (r#"{"EventID":1}{"EventID":2}"#, None),
        (r#"[{"EventID":1}]"#, None),
        ("{}", None),
        ("", None),
        ("\u{0}", None),
    ] {
        assert_eq!(show(line).as_deref(), expected, "{line}");
    }
}

#[test]
fn wanted_only() {
    let line = r#"{"EventID":1,"Channel":"c","Message":"m","CommandLine":"exact","commandline":"alike","IMAGE":"i","EventData":"{\"User\":\"u\"}"}"#;
    let wants = |names: &[&str]| Wants::new([Field::EventId], names.iter().map(|name| (*name).to_owned()).collect(), false);
    for (names, expected) in [
        (&["CommandLine", "Image", "user", "x"][..], "event_id=1|-|[exact]|[i]|[u]|[NULL]"),
        (&["commandline", "COMMANDLINE"], "event_id=1|-|[alike]|[exact]"),
        (&[], "event_id=1|-"),
    ] {
        assert_eq!(show_wanted(line, &wants(names)).as_deref(), Some(expected), "{names:?}");
    }
}

#[test]
fn hostile_sizes() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(show(&format!(r#"{{"EventID":1,"a":{deep}}}"#)).is_some_and(|shown| shown.ends_with("]]")));
    let objects = r#"{"a":"#.repeat(100_000) + "1" + &"}".repeat(100_000);
    assert!(show(&format!(r#"{{"EventID":1,"a":{objects}}}"#)).is_some());
    assert_eq!(show(&format!(r#"{{"EventID":1,"a":{}"#, "[".repeat(1_000_000))), None);
    let long = "\\u0041".repeat(1_000_000);
    assert!(show(&format!(r#"{{"EventID":1,"a":"{long}"}}"#)).is_some_and(|shown| shown.len() > 1_000_000));
    // A long path is not written once for each value below it.
    let many = (0..50_000).map(|i| format!(r#""{i}":1"#)).collect::<Vec<_>>().join(",");
    let shown = show(&format!(r#"{{"EventID":1,"{}":{{{many}}}}}"#, "k".repeat(100_000))).unwrap();
    assert!(shown.len() < 1_000_000, "{}", shown.len());
    let shown = show(&format!(r#"{{"EventID":1,"a":{{{many}}}}}"#)).unwrap();
    assert!(shown.len() < 1_000_000, "{}", shown.len());
}

proptest! {
    #[test]
    fn never_panics(line in "\\{(\"(EventID|Provider|EventData|Event|Data|System|#text|#attributes|@Name|Name|a|Properties|@timestamp)\":(1|\"x\"|\"<Data>\"|null|\\{|\\[|\\}|\\]|\"\\\\u[d0]8[0-9]{2}\")[,:]?){0,8}[\\]}]{0,4}") {
        show(&line);
    }

    #[test]
    fn agrees_with_serde_json_on_flat_events(values in proptest::collection::vec((any::<String>(), any::<String>()), 0..6)) {
        let mut event = vec![(r#""EventID""#.to_owned(), "1".to_owned())];
        event.extend(values.iter().map(|(key, value)| (serde_json::to_string(&format!("k{key}")).unwrap(), serde_json::to_string(value).unwrap())));
        let line = format!("{{{}}}", event.iter().map(|(key, value)| format!("{key}:{value}")).collect::<Vec<_>>().join(","));
        let mut out = Event::default();
        prop_assert!(Reader::default().parse(&line, &Wants::all(), &mut out));
        let found: Vec<_> = out.data().iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let expected: Vec<_> = values.iter().map(|(key, value)| (format!("k{key}"), value.clone())).collect();
        prop_assert_eq!(found, expected);
    }
}
