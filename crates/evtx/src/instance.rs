//! A template instance: which template, and the values that go into it.

use crate::bytes::{index, u16_at, u32_at};
use crate::damage::Fault;
use crate::value::NULL;

/// A value of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value {
    pub(crate) kind: u8,
    pub(crate) start: u32,
    pub(crate) length: u16,
}

pub(crate) const NO_VALUE: Value = Value { kind: NULL, start: 0, length: 0 };

#[inline]
pub(crate) fn bytes(data: &[u8], value: Value) -> &[u8] {
    data.get(index(value.start)..).and_then(|rest| rest.get(..usize::from(value.length))).unwrap_or_default()
}

/// A template and its values in a record: where the template is, and where the descriptors of the values are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instance {
    pub(crate) template: u32,
    pub(crate) descriptors: usize,
    pub(crate) count: usize,
}

/// Bytes of a template before its BinXML: the next template, its GUID, its size.
pub(crate) const TEMPLATE_HEADER: usize = 24;

/// Reads what follows the token of a template instance.
#[inline]
pub(crate) fn instance(data: &[u8], at: usize) -> Option<Instance> {
    let template = u32_at(data, at + 5)?;
    let mut pos = at + 9;
    // The first use of a template is followed by the template itself.
    if index(template) == pos {
        pos = pos.checked_add(TEMPLATE_HEADER)?.checked_add(index(u32_at(data, pos + 20)?))?;
    }
    let count = index(u32_at(data, pos)?);
    let descriptors = pos + 4;
    data.get(descriptors..)?.get(..count.checked_mul(4)?)?;
    Some(Instance { template, descriptors, count })
}

/// Where a template instance ends.
pub(crate) fn instance_end(data: &[u8], at: usize) -> Result<usize, Fault> {
    const BAD: &str = "template instance past the end of the chunk";
    let instance = instance(data, at).ok_or(Fault::new(at, BAD))?;
    let mut end = instance.descriptors + 4 * instance.count;
    for slot in 0..instance.count {
        end += usize::from(u16_at(data, instance.descriptors + 4 * slot).unwrap_or_default());
    }
    if end > data.len() { Err(Fault::new(at, BAD)) } else { Ok(end) }
}

impl Instance {
    /// Adds where the values stand, and says where they end. Those that reach past `limit` are no values.
    #[inline]
    pub(crate) fn values(&self, data: &[u8], limit: usize, values: &mut Vec<Value>) -> usize {
        let mut pos = self.descriptors + 4 * self.count;
        for descriptor in data.get(self.descriptors..pos).unwrap_or_default().as_chunks::<4>().0 {
            let [low, high, kind, _] = *descriptor;
            let length = u16::from_le_bytes([low, high]);
            // Chunks are far smaller than 4 GiB.
            let start = u32::try_from(pos).unwrap_or(u32::MAX);
            pos += usize::from(length);
            values.push(if pos > limit { NO_VALUE } else { Value { kind, start, length } });
        }
        pos
    }
}
