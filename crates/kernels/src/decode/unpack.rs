//! The tree under a text, walked with a stack of our own.

use super::candidates::{self, Found, Tools};
use super::inflate::{Stream, bunzip2};
use super::item::{Item, Status, Text};
use super::judge::{self, Verdict};
use super::limits::{Budget, Limits};
use super::{magic, tar, zip};

/// Unpacks text after text; keeps its buffers.
#[derive(Debug, Default)]
pub struct Unpacker {
    tools: Tools,
}

impl Unpacker {
    /// Everything hidden in `text`, parents before children, children in order.
    pub fn unpack(&mut self, text: &str, limits: &Limits) -> Vec<Item> {
        let mut walk = Walk { budget: Budget::new(limits), limits, tools: &mut self.tools };
        let mut out = Vec::new();
        let root = Place { path: "", depth: 0, index: None };
        let (mut open, missing) = walk.text_children(text, &root);
        if let Some((status, start)) = missing {
            open.push(unread(open.len() + 1, start, text.len(), status));
        }
        open.reverse();
        while let Some(mut item) = open.pop() {
            let index = out.len();
            let mut children = walk.open(&mut item, index);
            children.reverse();
            open.append(&mut children);
            out.push(item);
        }
        out
    }
}

/// The row that says that the rest of the input was not looked at.
fn unread(number: usize, start: usize, end: usize, status: Status) -> Item {
    Item {
        path: number.to_string(),
        depth: 1,
        kind: "unread",
        name: None,
        wrapping: "none",
        charset: None,
        text: Text::None,
        bytes: None,
        start,
        end,
        parent: None,
        status,
        keep_bytes: true,
    }
}

struct Walk<'u> {
    limits: &'u Limits,
    budget: Budget,
    tools: &'u mut Tools,
}

/// Where children hang.
struct Place<'p> {
    path: &'p str,
    depth: usize,
    index: Option<usize>,
}

/// Children under construction.
struct Children<'p> {
    place: Place<'p>,
    wrapping: &'static str,
    items: Vec<Item>,
    /// Output that the ratio still allows.
    ratio: usize,
}

impl Children<'_> {
    fn push(&mut self, name: Option<String>, span: (usize, usize), bytes: Vec<u8>, verdict: Verdict) {
        let number = self.items.len() + 1;
        let path = if self.place.path.is_empty() { number.to_string() } else { format!("{}.{number}", self.place.path) };
        self.items.push(Item {
            path,
            depth: self.place.depth + 1,
            kind: verdict.kind,
            name,
            wrapping: self.wrapping,
            charset: verdict.charset,
            text: verdict.text,
            bytes: Some(bytes),
            start: span.0,
            end: span.1,
            parent: self.place.index,
            status: verdict.status,
            keep_bytes: true,
        });
    }
}

impl Walk<'_> {
    fn open(&mut self, item: &mut Item, index: usize) -> Vec<Item> {
        let container = magic::is_container(item.kind);
        let Some(bytes) = item.bytes.as_deref().filter(|_| container || item.text != Text::None) else { return Vec::new() };
        if item.status == Status::Unsupported || item.status == Status::Encrypted {
            return Vec::new();
        }
        if item.depth >= self.limits.max_depth || self.budget.spent().is_some() {
            let status = self.budget.spent().unwrap_or(Status::LimitDepth);
            if container || item.text().is_some_and(|text| self.holds_something(text)) {
                item.mark(status);
            }
            return Vec::new();
        }
        let place = Place { path: &item.path, depth: item.depth, index: Some(index) };
        let (children, missing) = if container {
            let children = Children { place, wrapping: item.kind, items: Vec::new(), ratio: self.limits.ratio_cap(bytes.len()) };
            self.container(item.kind, bytes, children)
        } else {
            let (children, missing) = self.text_children(item.text().unwrap_or_default(), &place);
            (children, missing.map_or(Status::Ok, |(status, _)| status))
        };
        item.mark(missing);
        children
    }

    fn holds_something(&mut self, text: &str) -> bool {
        let mut found = Vec::new();
        let mut budget = Budget::new(self.limits);
        budget.members = 1;
        budget.attempts = self.budget.attempts;
        candidates::find(text, self.limits, &mut budget, self.tools, &mut found);
        self.budget.attempts = budget.attempts;
        !found.is_empty()
    }

    /// What is hidden in a text; what stopped the search, and where.
    fn text_children(&mut self, text: &str, place: &Place<'_>) -> (Vec<Item>, Option<(Status, usize)>) {
        let mut found = Vec::new();
        let stopped = candidates::find(text, self.limits, &mut self.budget, self.tools, &mut found);
        let place = Place { path: place.path, depth: place.depth, index: place.index };
        let mut children = Children { place, wrapping: "", items: Vec::new(), ratio: usize::MAX };
        for Found { start, end, wrapping, mut bytes, mut verdict } in found {
            if let Some(status) = self.budget.spent() {
                return (children.items, Some((status, start)));
            }
            if self.budget.take(&mut bytes) {
                verdict = Verdict { status: Status::LimitBytes, ..judge::identify(&bytes, &mut self.tools.inflater) };
            }
            children.wrapping = wrapping;
            children.push(None, (start, end), bytes, verdict);
        }
        let missing = stopped.map(|at| (self.budget.spent().unwrap_or(Status::LimitBytes), at));
        (children.items, missing)
    }

    /// The members of a container, and what is missing of it.
    fn container(&mut self, kind: &str, bytes: &[u8], mut children: Children<'_>) -> (Vec<Item>, Status) {
        let missing = match kind {
            "gzip" => self.streams(bytes, &mut children, |tools, input, cap| tools.inflater.gzip(input, cap)),
            "zlib" => self.streams(bytes, &mut children, |tools, input, cap| tools.inflater.zlib(input, cap)),
            "deflate" => self.streams(bytes, &mut children, |tools, input, cap| Some(tools.inflater.raw(input, cap))),
            "bzip2" => self.streams(bytes, &mut children, |_, input, cap| input.starts_with(b"BZh").then(|| bunzip2(input, cap))),
            "tar" => self.tar(bytes, &mut children),
            _ => self.zip(bytes, &mut children),
        };
        (children.items, missing)
    }

    /// Compressed streams one after another; what follows them is not part of the payload.
    fn streams(&mut self, bytes: &[u8], children: &mut Children<'_>, unpack: fn(&mut Tools, &[u8], usize) -> Option<Stream>) -> Status {
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            if at > 0 && (rest.is_empty() || children.wrapping == "deflate" || magic::kind(rest) != Some(children.wrapping)) {
                return Status::Ok;
            }
            if let Some(status) = self.budget.spent() {
                return status;
            }
            let Some(stream) = unpack(self.tools, rest, children.ratio.min(self.budget.bytes)) else {
                return Status::Truncated;
            };
            let used = stream.used.max(1);
            let stopped = stream.status != Status::Ok;
            self.stream(stream, (at, at + used), children);
            at += used;
            if stopped {
                return Status::Ok;
            }
        }
    }

    /// Makes an item of a stream's output.
    fn stream(&mut self, stream: Stream, span: (usize, usize), children: &mut Children<'_>) {
        let limit = if children.ratio < self.budget.bytes { Status::LimitRatio } else { Status::LimitBytes };
        let status = if stream.status == Status::LimitBytes { limit } else { stream.status };
        children.ratio = children.ratio.saturating_sub(stream.bytes.len());
        self.member(stream.name, span, stream.bytes, status, children);
    }

    fn member(&mut self, name: Option<String>, span: (usize, usize), mut bytes: Vec<u8>, status: Status, children: &mut Children<'_>) {
        let status = if self.budget.take(&mut bytes) { Status::LimitBytes } else { status };
        let verdict = match status {
            Status::Unsupported | Status::Encrypted => judge::unnamed("binary"),
            _ => judge::identify(&bytes, &mut self.tools.inflater),
        };
        let status = status.max(verdict.status);
        children.push(name, span, bytes, Verdict { status, ..verdict });
    }

    fn tar(&mut self, bytes: &[u8], children: &mut Children<'_>) -> Status {
        let mut members = tar::Members::new(bytes);
        for member in members.by_ref() {
            if let Some(status) = self.budget.spent() {
                return status;
            }
            // Copies no more than the budget allows.
            let data = member.data.get(..self.budget.bytes).unwrap_or(member.data);
            let status = if data.len() < member.data.len() { Status::LimitBytes } else { member.status };
            self.member(Some(member.name), (member.start, member.start + member.data.len()), data.to_vec(), status, children);
        }
        members.status
    }

    fn zip(&mut self, bytes: &[u8], children: &mut Children<'_>) -> Status {
        let mut members = zip::Members::new(bytes);
        while let Some(member) = members.next() {
            // A directory: nothing in it, or the two bytes of an empty deflate stream.
            if member.name.ends_with('/') && member.packed.len() <= 2 {
                continue;
            }
            if let Some(status) = self.budget.spent() {
                return status;
            }
            if children.ratio == 0 {
                return Status::LimitRatio;
            }
            let cap = children.ratio.min(self.budget.bytes);
            let mut stream = match member.method {
                _ if member.encrypted => raw_member(&member, cap, Status::Encrypted),
                0 => raw_member(&member, cap, Status::Ok),
                8 => self.tools.inflater.raw(member.packed, cap),
                12 => bunzip2(member.packed, cap),
                _ => raw_member(&member, cap, Status::Unsupported),
            };
            if matches!(stream.status, Status::Ok | Status::Truncated) {
                stream.status = stream.status.max(member.status);
            }
            if stream.status == Status::Ok && member.crc.is_some_and(|crc| crc != checksum(&stream.bytes)) {
                stream.status = Status::Corrupt;
            }
            members.used(&member, stream.used);
            let span = (member.start, member.start.saturating_add(stream.used));
            self.stream(Stream { name: Some(member.name), ..stream }, span, children);
        }
        members.status
    }
}

/// Data as it lies in the archive.
fn raw_member(member: &zip::Member<'_>, cap: usize, status: Status) -> Stream {
    let kept = member.packed.get(..cap).unwrap_or(member.packed);
    let status = if kept.len() < member.packed.len() { Status::LimitBytes } else { status };
    Stream { bytes: kept.to_vec(), used: member.packed.len(), status, name: None }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
