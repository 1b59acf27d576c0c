//! What the functions of this family have in common: the databases they ask, and what an address without an answer is called.

use super::cache::Answer;
use super::place::Placed;
use super::set::{Lease, Set};
use super::watch::{Key, Problem, Watch};
use super::{address, search};
use huntsql_kernels::net::{AddressKind, address_kind};
use huntsql_kernels::prelude::*;
use std::net::IpAddr;
use std::sync::Arc;

/// The option `database`.
pub(crate) const DATABASE: OptionField = OptionField {
    name: "database",
    kind: OptionKind::TextOrList,
    default: "NULL",
    doc: "MMDB file, or list of files and folders. Of several the first that knows a field gives it. Left out: `HUNTSQL_MMDB` (separated as `PATH` is), else \
          `geo: databases:` of the configuration, else the folder `~/.local/share/huntsql/mmdb`.",
};

/// The option `language`.
pub(crate) const LANGUAGE: OptionField = OptionField {
    name: "language",
    kind: OptionKind::Text,
    default: "'en'",
    doc: "Language of the names, if the database has it: `de`, `en`, `es`, `fr`, `ja`, `pt-BR`, `ru`, `zh-CN`. Names that it lacks are English.",
};

/// Takes the option `database`. Wrong paths are told before there is a row.
pub(crate) fn database(setting: Setting) -> Result<Vec<String>, String> {
    let Setting::TextList(paths) = setting else { return Ok(Vec::new()) };
    if paths.is_empty() || paths.iter().any(String::is_empty) {
        return Err("must name a file, got an empty text or list".to_owned());
    }
    search::files(&paths, &search::process)?;
    Ok(paths)
}

/// The set of `key`.
pub(crate) fn open(function: &'static str, key: &Key) -> Result<Arc<Set>, KernelError> {
    Watch::current(key).map_err(|Problem { option, text }| KernelError::BadOption { function, option: option.to_owned(), problem: text })
}

/// What could be said about an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) place: Option<Placed<'a>>,
    /// Empty where nothing was found.
    pub(crate) network: &'a str,
    pub(crate) status: &'static str,
}

/// What a batch of rows keeps.
#[derive(Debug, Default)]
pub(crate) struct Asking {
    lease: Lease,
    live: String,
    network: String,
    /// What was asked ahead, and how much of it was handed out.
    ahead: Vec<(Option<IpAddr>, Option<Answer>)>,
    next: usize,
}

/// Most rows that are asked ahead: what they add to a cache must leave it within its bounds.
const MAX_AHEAD: usize = 1 << 14;
/// Rows whose places are fetched at once.
const GROUP: usize = 64;

impl Asking {
    /// Asks about all rows of a batch, so that none waits for the memory of another. A larger batch is asked row by row.
    pub(crate) fn ask_ahead<'a>(
        &mut self,
        texts: impl Iterator<Item = &'a str>,
        open: impl FnOnce() -> Result<Arc<Set>, KernelError>,
    ) -> Result<(), KernelError> {
        let Self { lease, live, ahead, .. } = self;
        ahead.extend(texts.take(MAX_AHEAD + 1).map(|text| (address::read_address(text, live), None)));
        if ahead.is_empty() {
            return Ok(());
        }
        let lease = lease.of(open)?;
        if ahead.len() > MAX_AHEAD || !lease.ask_ahead(ahead) {
            ahead.clear();
        }
        Ok(())
    }

    /// What the databases say about the address in `text`. `open` is called once.
    #[inline]
    pub(crate) fn ask(&mut self, text: &str, open: impl FnOnce() -> Result<Arc<Set>, KernelError>) -> Result<Said<'_>, KernelError> {
        let lease = self.lease.of(open)?;
        let (address, answer) = match self.ahead.get(self.next) {
            Some(known) => {
                if self.next.is_multiple_of(GROUP) {
                    let group = self.ahead.iter().skip(self.next).take(GROUP);
                    lease.fetch(group.filter_map(|(_, answer)| *answer));
                }
                self.next += 1;
                *known
            }
            None => (address::read_address(text, &mut self.live), None),
        };
        let nothing = |status| Said { place: None, network: "", status };
        let Some(address) = address else { return Ok(nothing("bad_address")) };
        let Some((answer, place)) = lease.ask(address, answer) else { return Ok(nothing("not_found")) };
        if place.is_none() {
            return Ok(nothing(status_of_none(address, answer)));
        }
        self.network.clear();
        address::write_network(address, answer.network, &mut self.network);
        let status = if answer.is_damaged { "damaged" } else { "ok" };
        Ok(Said { place, network: &self.network, status })
    }
}

/// A database of one's own networks may know private addresses, so their kind is the answer only where no database has one.
fn status_of_none(address: IpAddr, answer: Answer) -> &'static str {
    match address_kind(address) {
        _ if answer.is_damaged => "damaged",
        AddressKind::Public => "not_found",
        kind => kind.name(),
    }
}
