use super::*;
use crate::column::Column;
use crate::group::GroupError;
use crate::input::Input;
use crate::options::{Value, parse};
use crate::rows::Rows;
use crate::types::ArgType;
use proptest::prelude::*;

struct Lines<'l>(&'l [&'l str]);

impl Input for Lines<'_> {
    fn text(&self, _: usize, row: usize) -> Option<&str> {
        self.0.get(row).copied()
    }
    fn int(&self, _: usize, _: usize) -> Option<i64> {
        None
    }
    fn float(&self, _: usize, _: usize) -> Option<f64> {
        None
    }
    fn bool(&self, _: usize, _: usize) -> Option<bool> {
        None
    }
    fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
        None
    }
}

fn rows(lines: &[&str]) -> Rows {
    let mut rows = Rows::new(&[ArgType::Text]);
    (0..lines.len()).for_each(|row| rows.push(&Lines(lines), row));
    rows
}

fn options(options: &[(&str, Value)]) -> TemplateOptions {
    let fields = options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    parse("log_templates", &Value::Struct(fields)).unwrap()
}

fn mine(lines: &[&str], options: &TemplateOptions) -> Vec<(Template, Details)> {
    let rows = rows(lines);
    let mined = Templates::mine(rows.texts(0), options, &Interrupt::default()).unwrap();
    let details = details(&mined, rows.texts(0), options, &Interrupt::default()).unwrap();
    mined.templates.into_iter().zip(details).collect()
}

fn texts(lines: &[&str], options: &TemplateOptions) -> Vec<(String, u64)> {
    mine(lines, options).into_iter().map(|(template, _)| (template.text, template.rows)).collect()
}

fn repeated<'l>(lines: &[(&'l str, usize)]) -> Vec<&'l str> {
    lines.iter().flat_map(|(line, times)| std::iter::repeat_n(*line, *times)).collect()
}

#[test]
fn messages_of_a_log() {
    let lines = [
        "Failed password for root from 192.0.2.1 port 4711 ssh2",
        "Failed password for bob from 192.0.2.7 port 4712 ssh2",
        "Accepted password for bob from 192.0.2.9 port 22 ssh2",
        "session opened for user root by (uid=0)",
        "session opened for user bob  by (uid=1000)",
        "session closed for user bob",
        "type=LOGIN pid=1 acct=\"root\" res=failed",
        "type=LOGIN pid=2 acct=\"bob\" res=success",
        "",
        " \t",
    ];
    assert_eq!(
        texts(&lines, &TemplateOptions::default()),
        [
            ("", 2),
            ("Failed password for <*> from <ip> port <num> ssh2", 2),
            ("session opened for user <*> by (uid=<num>)", 2),
            ("type=LOGIN pid=<num> acct=\"<*>\" res=<*>", 2),
            ("Accepted password for bob from <ip> port <num> ssh2", 1),
            ("session closed for user bob", 1),
        ]
        .map(|(text, rows)| (text.to_owned(), rows))
    );
}

#[test]
fn parameters_hold_the_values() {
    let lines = [
        "login user=ann, from 10.0.0.1",
        "login user=bob, from 10.0.0.1",
        "login user=bob, from 10.0.0.2",
        "login user=bob, from 10.0.0.2",
    ];
    let found = mine(&lines, &TemplateOptions::default());
    let [(template, details)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(template.text, "login user=<*>, from <ip>");
    assert_eq!((details.lines, details.example.as_str()), (3, "login user=bob, from 10.0.0.2"));
    let samples = |i: usize| (details.parameters[i].mark, details.parameters[i].distinct, details.parameters[i].samples.join(" "));
    assert_eq!(samples(0), ("<*>", 2, "bob ann".to_owned()));
    assert_eq!(samples(1), ("<ip>", 2, "10.0.0.1 10.0.0.2".to_owned()));
    let found = mine(&lines, &options(&[("samples", Value::Int(1))]));
    assert_eq!(found[0].1.parameters[0].samples, ["bob"]);
}

#[test]
fn long_samples_are_cut() {
    let (a, b) = (format!("it was {} x y", "é ".trim().repeat(400)), "it was b x y".to_owned());
    let found = mine(&[&a, &b], &TemplateOptions::default());
    let sample = &found[0].1.parameters[0].samples[1];
    assert_eq!(found[0].0.text, "it was <*> x y");
    assert!(sample.ends_with("é…") && sample.len() == 256 + "…".len(), "{}", sample.len());
}

#[test]
fn words_with_few_forms_tell_templates_apart() {
    let lines = repeated(&[
        ("host1 sshd[1]: Failed password for root from 10.0.0.1 port 1 ssh2", 15),
        ("host1 sshd[1]: Accepted password for root from 10.0.0.1 port 1 ssh2", 1),
    ]);
    let split = [
        ("host1 sshd[<num>]: Failed password for root from <ip> port <num> ssh2".to_owned(), 15),
        ("host1 sshd[<num>]: Accepted password for root from <ip> port <num> ssh2".to_owned(), 1),
    ];
    assert_eq!(texts(&lines, &TemplateOptions::default()), split);
    let joined = [("host1 sshd[<num>]: <*> password for root from <ip> port <num> ssh2".to_owned(), 16)];
    assert_eq!(texts(&lines, &options(&[("variants", Value::Int(1))])), joined);
    // Fewer than eight rows to a form say nothing.
    assert_eq!(texts(&lines[1..], &TemplateOptions::default()), [(joined[0].0.clone(), 15)]);
    let names = repeated(&[("job a7 is done now", 9), ("job b7 is done now", 9), ("x=on is done now", 9), ("x=off is done now", 9)]);
    assert_eq!(
        texts(&names, &TemplateOptions::default()),
        [("job <*> is done now".to_owned(), 18), ("x=<*> is done now".to_owned(), 18)],
        "names with digits and values after = are parameters"
    );
}

#[test]
fn limits_show() {
    let lines: Vec<String> = (0..100).map(|i| format!("go {0}x {0}y {0}z", char::from(b'A' + i % 50))).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let found = mine(&lines, &options(&[("max_templates", Value::Int(10))]));
    let limited: Vec<&Template> = found.iter().map(|(template, _)| template).filter(|template| template.is_limited).collect();
    assert_eq!((found.len(), limited.len()), (11, 1));
    assert_eq!((limited[0].text.as_str(), limited[0].rows), ("go <*> <*> <*>", 80));
    assert_eq!(mine(&lines, &TemplateOptions::default()).len(), 50);

    let long = mine(&["a b c d e f", "a b c d x y"], &options(&[("max_tokens", Value::Int(3))]));
    assert_eq!((long.len(), long[0].0.text.as_str(), long[0].0.is_limited), (1, "a b c <rest>", true));
    let masks = mine(&["1,2,3,4,5 end", "1,2,3,4"], &options(&[("max_tokens", Value::Int(3))]));
    assert_eq!((masks.len(), masks[0].0.text.as_str(), masks[0].0.rows), (1, "<rest>", 2));
    let exact = mine(&["a b c"], &options(&[("max_tokens", Value::Int(3))]));
    assert_eq!((exact[0].0.text.as_str(), exact[0].0.is_limited), ("a b c", false));
}

#[test]
fn rare_first_words_are_one() {
    let lines: Vec<String> = (0..20).map(|i| format!("{} is up and running", char::from(b'a' + i))).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(mine(&lines, &TemplateOptions::default()).len(), 20);
    assert_eq!(
        texts(&lines, &options(&[("max_children", Value::Int(1))])),
        [("<*> is up and running".to_owned(), 19), ("a is up and running".to_owned(), 1)]
    );
    assert_eq!(texts(&lines, &options(&[("depth", Value::Int(3))])), [("<*> is up and running".to_owned(), 20)]);
}

#[test]
fn texts_that_read_like_masks_do_no_harm() {
    let lines = ["a <num> b", "a 7 b", "a <*> b", "a <num><num> b", "<rest>", "<*>", "= == x==y a=", "\u{1}"];
    for (_, details) in mine(&lines, &TemplateOptions::default()) {
        assert!(details.parameters.iter().all(|parameter| parameter.distinct <= 8));
    }
}

#[test]
fn a_stopped_query_ends() {
    let interrupt = Interrupt::default();
    interrupt.stop();
    let rows = rows(&["a"]);
    let mined = Templates::mine(rows.texts(0), &TemplateOptions::default(), &interrupt);
    assert_eq!(mined.map(|_| ()), Err(GroupError::Interrupted));
}

#[test]
fn wrong_options_are_told() {
    let wrong = |name: &str, value: Value| {
        parse::<TemplateOptions>("log_templates", &Value::Struct(vec![(name.to_owned(), value)])).unwrap_err().to_string()
    };
    assert!(wrong("depth", Value::Int(2)).contains("from 3 to 16"));
    assert!(wrong("similarity", Value::Float(0.0)).contains("from 0.05 to 1"));
    assert!(wrong("simularity", Value::Float(0.5)).contains("did you mean 'similarity'?"));
}

/// Lines with a few shapes and values, as logs have them.
const LINE: &str = r#"(login|logout|error in) (user=(ann|bob|eve)|for [a-d]{1,2}|/tmp/[a-c]|"[ab] c") ?(from (10\.0\.0\.[1-9]|host[1-3])|at 12:30:4[0-9]|)(, code [1-9]{1,4}\.| \(x=[ab]\)|)( (ok|failed|[a-f]{3})){0,2}"#;

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter(lines in prop::collection::vec(LINE, 0..60), seed in any::<u64>()) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut shuffled = lines.clone();
        let mut state = seed;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        for options in [TemplateOptions::default(), options(&[("max_templates", Value::Int(2)), ("max_children", Value::Int(2)), ("similarity", Value::Float(0.3)), ("depth", Value::Int(5))])] {
            prop_assert_eq!(mine(&lines, &options), mine(&shuffled, &options));
        }
    }

    #[test]
    fn a_template_with_its_values_is_the_line(lines in prop::collection::vec(LINE, 1..40)) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let rows = rows(&lines);
        let (texts, options) = (rows.texts(0), options(&[("samples", Value::Int(1))]));
        let mined = Templates::mine(texts, &options, &Interrupt::default()).unwrap();
        prop_assert_eq!(mined.templates.iter().map(|template| template.rows).sum::<u64>(), lines.len() as u64);
        for (row, line) in lines.iter().enumerate() {
            let template = &mined.templates[texts.id(row).and_then(|id| mined.of(id)).unwrap()];
            let collapsed = line.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(parameters::fill(template, line, &options), collapsed);
        }
    }
}

#[test]
fn every_field_is_written() {
    let mut column = Column::new(&<crate::analysis::TemplateItem as crate::column::SqlValue>::TYPE);
    let rows = rows(&["a 1"]);
    let items =
        <crate::analysis::LogTemplates as crate::group::GroupKernel>::compute(&rows, &TemplateOptions::default(), &Interrupt::default());
    items.unwrap().iter().for_each(|item| crate::column::SqlValue::write(item, &mut column));
    assert_eq!(column.len(), 1);
}
