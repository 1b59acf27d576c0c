//! `rare_parent_child(tbl)`: which programs start which, and how unusual that is.

use super::kin::{KEY_ARG, KEY_COLUMN, Kin, PARENT_ARG, PARENT_COLUMN, PATH_ARG, PATH_COLUMN};
use super::tree::file_name;
use crate::group::{EventKernel, EventSink, Wanted};
use crate::prelude::*;
use crate::rows::{Pool, Texts};
use hashbrown::{HashMap, HashSet};

/// Kernel of `rare_parent_child`.
pub struct RareParentChild;

const PROCESS: usize = 3;
const HOST: usize = 4;
const START: usize = 5;
/// Processes between two looks at the interrupt.
const STEP: usize = 1 << 16;

/// A pair of programs.
pub struct Pair<'a> {
    parent: &'a str,
    child: &'a str,
    count: i64,
    hosts: i64,
    parent_count: i64,
    child_count: i64,
    surprise: f64,
    first: Option<i64>,
    last: Option<i64>,
    key: &'a str,
}

impl SqlValue for Pair<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("parent", SqlType::Text),
        ("child", SqlType::Text),
        ("count", SqlType::Int),
        ("hosts", SqlType::Int),
        ("parent_count", SqlType::Int),
        ("child_count", SqlType::Int),
        ("parent_share", SqlType::Float),
        ("child_share", SqlType::Float),
        ("surprise", SqlType::Float),
        ("first_time", SqlType::Time),
        ("last_time", SqlType::Time),
        ("process_key", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let share = |of: i64| self.count as f64 / of.max(1) as f64;
        let row = out.row().put(self.parent).put(self.child).put(self.count).put(self.hosts).put(self.parent_count).put(self.child_count);
        let row = row.put(share(self.parent_count)).put(share(self.child_count)).put(self.surprise);
        row.put(self.first.map(Timestamp)).put(self.last.map(Timestamp)).put(self.key).end();
    }
}

impl EventKernel for RareParentChild {
    const SPEC: Spec = Spec {
        name: "rare_parent_child",
        family: Family::Process,
        summary: "Which program started which, how often, and how unusual that is for the two of them.",
        details: include_str!("rare_parent_child.md"),
        args: &[
            KEY_ARG,
            PARENT_ARG,
            PATH_ARG,
            Arg { name: "process", doc: "Its program, of which the file name counts, in any case of letters; the column of this name." },
            Arg { name: "process_host", doc: "Where it ran; the column of this name." },
            Arg { name: "start_time", doc: "When it started; the column of this name." },
        ],
        examples: &[Example {
            sql: "\
WITH seen AS (SELECT * FROM (VALUES ('explorer.exe', 'chrome.exe', 40), ('explorer.exe', 'cmd.exe', 20), ('explorer.exe', 'winword.exe', 6), ('winword.exe', 'splwow64.exe', 5), ('winword.exe', 'cmd.exe', 1)) v(parent, child, n)),
  t AS (SELECT parent AS process_key, NULL AS parent_key, 'C:\\Windows\\' || parent AS process FROM seen GROUP BY parent
    UNION ALL SELECT concat(parent, child, i), parent, child FROM seen JOIN generate_series(1, 40) g(i) ON i <= n)
SELECT parent, child, count, parent_count, child_count, round(surprise, 1) AS surprise, process_key FROM huntsql.rare_parent_child(t)",
            result: "\
winword.exe | cmd.exe | 1 | 6 | 21 | 6.6 | winword.execmd.exe1
explorer.exe | winword.exe | 6 | 66 | 6 | 3.5 | explorer.exewinword.exe1
explorer.exe | cmd.exe | 20 | 66 | 21 | 1.8 | explorer.execmd.exe1
winword.exe | splwow64.exe | 5 | 6 | 5 | 1.1 | winword.exesplwow64.exe1
explorer.exe | chrome.exe | 40 | 66 | 40 | 0.7 | explorer.exechrome.exe1",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Key, ArgType::Key, ArgType::Text, ArgType::Text, ArgType::Text, ArgType::Time];
    const WANTED: &'static [Wanted] = &[
        KEY_COLUMN,
        PARENT_COLUMN,
        PATH_COLUMN,
        Wanted { argument: "process", names: &["process"], required: true },
        Wanted { argument: "process_host", names: &["process_host"], required: false },
        Wanted { argument: "start_time", names: &["start_time"], required: false },
    ];
    const KEEPS_ROWS: bool = false;
    type Options = NoOptions;
    type Out<'a> = Pair<'a>;

    fn compute(rows: &Rows, _: &NoOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        let kin = Kin::read(rows, interrupt)?;
        let mut pool = Pool::default();
        let programs = folded(rows.texts(PROCESS), &mut pool, file_name);
        let hosts = folded(rows.texts(HOST), &mut pool, |text, out| {
            out.push_str(&text.to_lowercase());
            true
        });
        let program = |process: u32| of(&programs, rows.texts(PROCESS).id(kin.row(process)));
        let mut pairs: HashMap<(u32, u32), Seen> = HashMap::new();
        let mut on_hosts: HashSet<(u32, u32, u32)> = HashSet::new();
        let (mut parents, mut children): (HashMap<u32, i64>, HashMap<u32, i64>) = (HashMap::new(), HashMap::new());
        for (number, process) in kin.order().iter().enumerate() {
            if number % STEP == 0 {
                interrupt.check()?;
            }
            let pair = kin.parent(*process).and_then(program).zip(program(*process));
            let Some((parent, child)) = pair else { continue };
            *parents.entry(parent).or_default() += 1;
            *children.entry(child).or_default() += 1;
            let row = kin.row(*process);
            let pair = pairs.entry((parent, child)).or_default();
            pair.add(&kin, rows.int(START, row), *process);
            let host = of(&hosts, rows.texts(HOST).id(row));
            pair.hosts += i64::from(host.is_some_and(|host| on_hosts.insert((parent, child, host))));
        }
        let text = |id: u32| pool.get(id).unwrap_or("");
        let total: i64 = parents.values().sum();
        let mut all: Vec<Pair<'_>> = Vec::with_capacity(pairs.len());
        for ((parent, child), seen) in &pairs {
            let (parent_count, child_count) = (parents.get(parent).copied().unwrap_or(0), children.get(child).copied().unwrap_or(0));
            all.push(Pair {
                parent: text(*parent),
                child: text(*child),
                count: seen.count,
                hosts: seen.hosts,
                parent_count,
                child_count,
                surprise: surprise(seen.count, parent_count, child_count, total) + surprise(seen.count, child_count, parent_count, total),
                first: seen.first,
                last: seen.last,
                key: seen.example.map_or("", |(_, process)| kin.key(process)),
            });
        }
        all.sort_unstable_by(|a, b| {
            b.surprise.total_cmp(&a.surprise).then(a.count.cmp(&b.count)).then_with(|| (a.parent, a.child).cmp(&(b.parent, b.child)))
        });
        all.iter().for_each(|pair| sink.put(None, pair));
        Ok(())
    }
}

/// How many starts the share of the other program in all starts counts for.
const PRIOR: f64 = 2.0;

/// Bits that it takes to say that `count` of `of` starts had the other program, which has `others` of all. What a program did is put together with what all programs
/// do: without that a program with one child would be certain to have it.
fn surprise(count: i64, of: i64, others: i64, total: i64) -> f64 {
    let expected = PRIOR * others as f64 / total.max(1) as f64;
    -((count as f64 + expected) / (of as f64 + PRIOR)).log2()
}

/// Starts of a program by another.
#[derive(Debug, Default)]
struct Seen {
    count: i64,
    hosts: i64,
    first: Option<i64>,
    last: Option<i64>,
    /// The first of them: its time, of which none comes last, and its number.
    example: Option<(i64, u32)>,
}

impl Seen {
    fn add(&mut self, kin: &Kin<'_>, time: Option<i64>, process: u32) {
        self.count += 1;
        if let Some(time) = time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
        let at = time.unwrap_or(i64::MAX);
        if self.example.is_none_or(|(known, other)| (at, kin.key(process)) < (known, kin.key(other))) {
            self.example = Some((at, process));
        }
    }
}

/// The numbers of cleaned texts by those of the texts.
fn folded(texts: &Texts, pool: &mut Pool, clean: fn(&str, &mut String) -> bool) -> Vec<Option<u32>> {
    let mut cleaned = String::new();
    let number = |id: u32| {
        cleaned.clear();
        clean(texts.text(id), &mut cleaned).then(|| pool.intern(&cleaned))
    };
    (0u32..).take(texts.distinct()).map(number).collect()
}

fn of(numbers: &[Option<u32>], id: Option<u32>) -> Option<u32> {
    *numbers.get(id? as usize)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_always_happens_is_no_surprise() {
        for (count, of, others, total, expected) in [
            // A program that was seen once: as good as nothing is known, unless everybody starts the other.
            (1, 1, 1, 1_000_000, 1.58),
            (1, 1, 1_000_000, 1_000_000, 0.0),
            (1, 3, 1, 1_000_000, 2.32),
            (1, 1000, 1, 1_000_000, 9.97),
            (999, 1000, 999, 1_000_000, 0.0),
            (1000, 1000, 1000, 1_000_000, 0.0),
        ] {
            let bits = surprise(count, of, others, total);
            assert!(bits >= 0.0 && (bits - expected).abs() < 0.01, "{count} of {of}: {bits}");
        }
    }
}
