//! The parameters that come with commands: how likely they are, given the command.

use super::chain::Chain;
use super::counts::Counts;
use super::options::ModelKind;
use crate::analysis::json::Json;
use crate::analysis::names::Names;
use crate::interrupt::{Interrupt, Interrupted};
use crate::rows::Texts;
use hashbrown::HashMap;

/// The number of a value that is absent or empty.
const NO_VALUE: u32 = u32::MAX;

/// One parameter of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Param {
    name: u32,
    value: u32,
}

/// The distinct parameter sets of a column, by the numbers of its texts.
#[derive(Debug, Default)]
pub(crate) struct ParamSets {
    names: Names,
    values: Names,
    /// Sorted by name; `None` where the text is neither an object nor a list.
    sets: Vec<Option<Vec<Param>>>,
    richest: Option<ModelKind>,
}

impl ParamSets {
    /// Reads the texts, each once.
    pub(crate) fn read(texts: &Texts, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        let mut sets = Self::default();
        for id in 0..texts.distinct() {
            if id % 1024 == 0 {
                interrupt.check()?;
            }
            let set = sets.read_set(texts.text(id as u32));
            sets.sets.push(set);
        }
        Ok(sets)
    }

    fn read_set(&mut self, text: &str) -> Option<Vec<Param>> {
        match Json::read(text)? {
            // Already sorted, no name twice.
            Json::Object(fields) => {
                self.richest = Some(ModelKind::Values);
                let param = |(name, value): (std::borrow::Cow<'_, str>, Json<'_>)| {
                    let value = if value == Json::Null { "".into() } else { value.into_plain() };
                    Param { name: self.names.id(&name), value: if value.is_empty() { NO_VALUE } else { self.values.id(&value) } }
                };
                Some(fields.into_iter().map(param).collect())
            }
            Json::List(names) => {
                self.richest = self.richest.or(Some(ModelKind::Params));
                let mut names: Vec<_> = names.into_iter().filter(|name| *name != Json::Null).map(Json::into_plain).collect();
                names.sort_unstable();
                names.dedup();
                Some(names.into_iter().map(|name| Param { name: self.names.id(&name), value: NO_VALUE }).collect())
            }
            _ => None,
        }
    }

    /// As much as the sets hold: values where there is an object, names where there is a list.
    pub(crate) fn richest(&self) -> ModelKind {
        self.richest.unwrap_or(ModelKind::Commands)
    }

    /// Whether the text with number `id` is an object or a list.
    pub(crate) fn is_valid(&self, id: u32) -> bool {
        self.get(id).is_some()
    }

    fn get(&self, id: u32) -> Option<&[Param]> {
        self.sets.get(id as usize)?.as_deref()
    }
}

/// How often parameters come with commands, and values with parameters.
#[derive(Debug)]
pub(crate) struct ParamCounts<'s> {
    sets: &'s ParamSets,
    of_command: HashMap<(u32, u32), u64>,
    of_name: Vec<u64>,
    values: HashMap<Param, u64>,
}

impl std::hash::Hash for Param {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.name, self.value).hash(state);
    }
}

impl<'s> ParamCounts<'s> {
    pub(crate) fn new(sets: &'s ParamSets) -> Self {
        Self { sets, of_command: HashMap::new(), of_name: vec![0; sets.names.len()], values: HashMap::new() }
    }

    /// Counts set `id`, which came with `command`.
    pub(crate) fn add(&mut self, command: u32, id: u32) {
        for param in self.sets.get(id).unwrap_or(&[]) {
            *self.of_command.entry((command, param.name)).or_insert(0) += 1;
            if let Some(count) = self.of_name.get_mut(param.name as usize) {
                *count += 1;
            }
            if param.value != NO_VALUE {
                *self.values.entry(*param).or_insert(0) += 1;
            }
        }
    }
}

/// Probabilities of parameter sets, as MSTICPy 3.0 has them (`utils/cmds_params_only.py`, `utils/cmds_params_values.py`): each parameter
/// that a command ever had, and an unknown one, is there or is not, by itself; the value of a parameter that looks like a choice has a
/// probability of its own. The geometric mean of all these counts, so that commands with many parameters are not rare for that.
///
/// Beyond MSTICPy, a parameter that the command never had counts as the unknown one; there it changes nothing.
#[derive(Debug)]
pub(crate) struct ParamModel<'s> {
    sets: &'s ParamSets,
    /// For each command, the unknown one last.
    commands: Vec<CommandParams>,
    /// What it adds to the log10 that a parameter of a command is there.
    present: HashMap<(u32, u32), f64>,
    /// Parameters whose values are modelled, with the log10 probability of a value not seen.
    choices: HashMap<u32, f64>,
    values: HashMap<Param, f64>,
}

#[derive(Debug, Clone, Copy)]
struct CommandParams {
    /// Log10 of the probability that none of the parameters is there.
    none: f64,
    /// What it adds that an unknown parameter is.
    unknown: f64,
    /// How many parameters there are, the unknown one among them.
    known: u32,
}

impl<'s> ParamModel<'s> {
    pub(crate) fn new(counts: &ParamCounts<'s>, commands: &Counts, chain: &Chain, with_values: bool) -> Self {
        let sets = counts.sets;
        let (added, smoothing) = chain.added();
        // Probability that one is there which was there `count` of `single` times, and that it is not, as log10.
        let both = |count: u64, single: u64| {
            let total = single as f64 + added;
            let present = (count as f64 + smoothing) / total;
            let absent = (single.saturating_sub(count) as f64 + (added - smoothing)) / total;
            (present.log10(), absent.log10())
        };
        let start = |single: u64| {
            let (present, absent) = both(0, single);
            CommandParams { none: absent, unknown: present - absent, known: 1 }
        };
        let mut model = Self {
            sets,
            commands: commands.singles().iter().map(|single| start(*single)).collect(),
            present: HashMap::with_capacity(counts.of_command.len()),
            choices: HashMap::new(),
            values: HashMap::new(),
        };
        // Sums depend on the order of their terms, numbers on the order of the rows: so in order of the names.
        let mut pairs: Vec<((u32, u32), u64)> = counts.of_command.iter().map(|(pair, count)| (*pair, *count)).collect();
        pairs.sort_unstable_by(|((command_a, a), _), ((command_b, b), _)| {
            command_a.cmp(command_b).then_with(|| sets.names.text(*a).cmp(sets.names.text(*b)))
        });
        for ((command, name), count) in pairs {
            let single = commands.singles().get(command as usize).copied().unwrap_or(count);
            let (present, absent) = both(count, single);
            model.present.insert((command, name), present - absent);
            if let Some(of_command) = model.commands.get_mut(command as usize) {
                of_command.none += absent;
                of_command.known += 1;
            }
        }
        model.commands.push(start(0));
        if with_values {
            model.learn_values(counts, smoothing);
        }
        model
    }

    /// Finds the parameters whose values are a choice out of a few (MSTICPy's `get_params_to_model_values`: seen 20 times or more, 20 values at
    /// most, 10 times as often seen as there are values) and what is chosen how often.
    fn learn_values(&mut self, counts: &ParamCounts<'s>, smoothing: f64) {
        let mut by_name: HashMap<u32, (u64, u64)> = HashMap::new();
        for (param, count) in &counts.values {
            let (distinct, total) = by_name.entry(param.name).or_insert((0, 0));
            *distinct += 1;
            *total += count;
        }
        by_name.retain(|name, (distinct, _)| {
            let seen = counts.of_name.get(*name as usize).copied().unwrap_or(0);
            *distinct <= 20 && seen >= 20 && *distinct * 10 <= seen
        });
        let total = |(distinct, total): (u64, u64)| total as f64 + smoothing * (distinct as f64 + 1.0);
        self.choices = by_name.iter().map(|(name, sums)| (*name, (smoothing / total(*sums)).log10())).collect();
        let likelihood = |(param, count): (&Param, &u64)| {
            let sums = by_name.get(&param.name)?;
            Some((*param, ((*count as f64 + smoothing) / total(*sums)).log10()))
        };
        self.values = counts.values.iter().filter_map(likelihood).collect();
    }

    /// Log10 of the geometric mean of the probabilities of set `id` with `command`. Commands that were never trained are the unknown one.
    pub(crate) fn log10(&self, command: u32, id: Option<u32>) -> f64 {
        let params = id.and_then(|id| self.sets.get(id)).unwrap_or(&[]);
        let Some(of_command) = self.commands.get(command as usize).or_else(|| self.commands.last()) else { return 0.0 };
        if params.is_empty() {
            return 0.0;
        }
        let (mut log, mut factors, mut unknown) = (of_command.none, of_command.known, false);
        for param in params {
            let Some(present) = self.present.get(&(command, param.name)) else {
                unknown = true;
                continue;
            };
            log += present;
            if let Some(unseen) = self.choices.get(&param.name) {
                log += self.values.get(param).unwrap_or(unseen);
                factors += 1;
            }
        }
        if unknown {
            log += of_command.unknown;
        }
        log / f64::from(factors)
    }
}
