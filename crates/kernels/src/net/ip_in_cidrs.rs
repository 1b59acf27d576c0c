//! `ip_in_cidrs(ip, cidrs)`: is an address in one of many networks?

use super::address::parse_address;
use super::network_set::NetworkSet;
use crate::prelude::*;

/// Kernel of `ip_in_cidrs`.
pub struct IpInCidrs;

impl ScalarKernel for IpInCidrs {
    const SPEC: Spec = Spec {
        name: "ip_in_cidrs",
        family: Family::Net,
        summary: "Tells whether an IP address is in one of a list of networks.",
        details: "\
Each entry is what `ip_in_cidr` takes. The result is that of `ip_in_cidr(ip, a) OR ip_in_cidr(ip, b) OR ...`: true where an entry holds the
address, else NULL where an entry is NULL or not a network, else false. So a misspelt entry never makes an address look outside of the list.
An empty list gives false; NULL where `ip` is not an address or the list is NULL.

The list is read once and searched by bisection: a list of thousands of networks costs hardly more per row than one.",
        args: &[Arg { name: "ip", doc: "IPv4 or IPv6 address." }, Arg { name: "cidrs", doc: "List of networks and addresses." }],
        examples: &[
            Example {
                sql: "SELECT ip_in_cidrs('192.168.1.9', ['10.0.0.0/8', '192.168.0.0/16']) AS a, ip_in_cidrs('8.8.8.8', ['10.0.0.0/8']) AS b",
                result: "true | false",
            },
            Example {
                sql: "SELECT ip_in_cidrs('10.0.0.1', ['10.0.0.0/8', 'typo']) AS a, ip_in_cidrs('8.8.8.8', ['10.0.0.0/8', 'typo']) AS b",
                result: "true | NULL",
            },
        ],
    };
    type Args<'a> = (&'a str, TextList<'a>);
    type Options = NoOptions;
    type Out<'a> = bool;
    type Scratch = SetMemo;

    fn eval<'a>(memo: &'a mut SetMemo, _: &'a NoOptions, (ip, cidrs): (&'a str, TextList<'a>)) -> KernelResult<bool> {
        Ok(memo.get(cidrs).and_then(|set| ip_in_set(ip, set)))
    }
}

/// SQL's three-valued OR over the entries of `set`; `None` also where `ip` is not an address.
pub fn ip_in_set(ip: &str, set: &NetworkSet) -> Option<bool> {
    let inside = set.contains(parse_address(ip)?);
    (inside || !set.has_unknown()).then_some(inside)
}

/// The set that the last list gave; `None` for a NULL list.
#[derive(Debug, Default)]
pub struct SetMemo {
    identity: Option<usize>,
    entries: Vec<Option<String>>,
    set: Option<NetworkSet>,
}

impl SetMemo {
    #[inline]
    fn get(&mut self, list: TextList<'_>) -> Option<&NetworkSet> {
        let identity = list.identity();
        if identity.is_none() || identity != self.identity {
            self.read(list);
            self.identity = identity;
        }
        self.set.as_ref()
    }

    /// Where the engine cannot tell lists apart, comparing the texts is still far cheaper than parsing them.
    fn read(&mut self, list: TextList<'_>) {
        let Some(entries) = list.read() else {
            self.set = None;
            return;
        };
        if self.set.is_none() || !entries.iter().copied().eq(self.entries.iter().map(Option::as_deref)) {
            self.set = Some(NetworkSet::new(entries.iter().copied()));
            self.entries = entries.into_iter().map(|entry| entry.map(str::to_owned)).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Data;
    use crate::input::Input;
    use crate::kernel::run;
    use std::cell::Cell;

    type List = Option<Vec<Option<&'static str>>>;

    struct Rows {
        ips: Vec<&'static str>,
        lists: Vec<List>,
        identities: bool,
        reads: Cell<usize>,
    }

    impl Input for Rows {
        fn text(&self, _: usize, row: usize) -> Option<&str> {
            self.ips.get(row).copied()
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
        fn text_list(&self, _: usize, row: usize) -> Option<Vec<Option<&str>>> {
            self.reads.set(self.reads.get() + 1);
            self.lists[row % self.lists.len()].clone()
        }
        fn text_list_identity(&self, _: usize, row: usize) -> Option<usize> {
            self.identities.then_some(row % self.lists.len())
        }
    }

    fn ask(rows: &Rows) -> Vec<Option<bool>> {
        let column = run::<IpInCidrs>(rows, rows.ips.len(), &NoOptions).unwrap();
        let Data::Bool(values) = column.data() else { panic!("not booleans") };
        (0..values.len()).map(|row| column.validity().is_none_or(|valid| valid[row]).then_some(values[row])).collect()
    }

    #[test]
    fn three_values() {
        let list = |entries: &[Option<&'static str>]| Some(entries.to_vec());
        for (ip, cidrs, expected) in [
            ("10.0.0.1", list(&[Some("10.0.0.0/8")]), Some(true)),
            ("11.0.0.1", list(&[Some("10.0.0.0/8")]), Some(false)),
            ("11.0.0.1", list(&[Some("10.0.0.0/8"), None]), None),
            ("10.0.0.1", list(&[None, Some("10.0.0.0/8")]), Some(true)),
            ("11.0.0.1", list(&[Some("10.0.0.0/8"), Some("x")]), None),
            ("10.0.0.1", list(&[]), Some(false)),
            ("10.0.0.1", None, None),
            ("x", list(&[Some("10.0.0.0/8")]), None),
            ("x", list(&[]), None),
            ("2001:db8::1", list(&[Some("10.0.0.0/8"), Some("2001:db8::/32")]), Some(true)),
        ] {
            for identities in [false, true] {
                let rows = Rows { ips: vec![ip], lists: vec![cidrs.clone()], identities, reads: Cell::new(0) };
                assert_eq!(ask(&rows), [expected], "{ip} {cidrs:?}");
            }
        }
    }

    #[test]
    fn lists_that_change_from_row_to_row() {
        let lists = vec![Some(vec![Some("10.0.0.0/8")]), None, Some(vec![Some("11.0.0.0/8")]), Some(vec![])];
        for identities in [false, true] {
            let rows = Rows { ips: vec!["10.0.0.1"; 8], lists: lists.clone(), identities, reads: Cell::new(0) };
            let once = [Some(true), None, Some(false), Some(false)];
            assert_eq!(ask(&rows), [once, once].concat());
        }
    }

    #[test]
    fn a_constant_list_is_read_once() {
        let rows = Rows { ips: vec!["10.0.0.1"; 100], lists: vec![Some(vec![Some("10.0.0.0/8")])], identities: true, reads: Cell::new(0) };
        ask(&rows);
        assert_eq!(rows.reads.get(), 1);
    }
}
