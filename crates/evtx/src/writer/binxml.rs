//! Templates, and instances of them, as BinXML.

use super::value::Value;
use super::{Chunk, STRING_BUCKETS, STRINGS, TEMPLATE_BUCKETS, TEMPLATES, length, put};

/// An XML element of a template.
#[derive(Debug, Clone, Default)]
pub struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, Content)>,
    pub(super) content: Vec<Content>,
    /// The value without which the element is left out.
    pub(super) depends: Option<u16>,
}

/// What stands in an element or attribute.
#[derive(Debug, Clone)]
pub enum Content {
    /// Text of the template.
    Text(String),
    /// A value of the record, of this kind.
    Slot(u16, u8),
    /// As `Slot`; the element is there without it.
    Optional(u16, u8),
    /// An element.
    Element(Element),
    /// One of the five characters that XML escapes, by the name of its entity.
    Entity(&'static str),
    /// A UTF-16 unit by its number.
    Character(u16),
    /// Text in which nothing is escaped.
    Raw(String),
}

impl Element {
    /// An empty element.
    pub fn new(name: &str) -> Self {
        Element { name: name.to_owned(), ..Element::default() }
    }

    /// With an attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, content: Content) -> Self {
        self.attributes.push((name.to_owned(), content));
        self
    }

    /// With content after what it has.
    #[must_use]
    pub fn with(mut self, content: Content) -> Self {
        self.content.push(content);
        self
    }

    /// With an element after what it has.
    #[must_use]
    pub fn child(self, element: Element) -> Self {
        self.with(Content::Element(element))
    }

    /// Left out where this value is null.
    #[must_use]
    pub fn depends_on(mut self, slot: u16) -> Self {
        self.depends = Some(slot);
        self
    }
}

/// A template: an element whose values come with each record. Templates of one number are written once a chunk.
#[derive(Debug, Clone)]
pub struct Template {
    pub(super) number: u32,
    pub(super) root: Element,
}

impl Template {
    /// A template; `number` is part of its GUID.
    pub fn new(number: u32, root: Element) -> Self {
        Template { number, root }
    }
}

const FRAGMENT: [u8; 4] = [0x0f, 1, 1, 0];

impl Chunk {
    /// A template instance as a stream of its own.
    pub(super) fn fragment(&mut self, template: &Template, values: &[Value]) {
        self.data.extend_from_slice(&FRAGMENT);
        self.data.extend_from_slice(&[0x0c, 1]);
        self.data.extend_from_slice(&template.number.to_le_bytes());
        match self.templates.get(&template.number) {
            Some(at) => self.data.extend_from_slice(&at.to_le_bytes()),
            None => self.template(template),
        }
        self.data.extend_from_slice(&length(values.len()));
        let descriptors = self.data.len();
        self.data.resize(descriptors + 4 * values.len(), 0);
        for (slot, value) in values.iter().enumerate() {
            let start = self.data.len();
            match value {
                Value::Instance(template, values) => self.fragment(template, values),
                Value::Elements(elements) => {
                    self.data.extend_from_slice(&FRAGMENT);
                    for element in elements {
                        self.element(element, false);
                    }
                    self.data.push(0);
                }
                Value::Plain(_, bytes) => self.data.extend_from_slice(bytes),
            }
            let size = u16::try_from(self.data.len() - start).unwrap_or(u16::MAX).to_le_bytes();
            put(&mut self.data, descriptors + 4 * slot, &size);
            put(&mut self.data, descriptors + 4 * slot + 2, &[value.kind()]);
        }
        self.data.push(0);
    }

    /// The template after the instance that uses it first.
    fn template(&mut self, template: &Template) {
        let at = self.data.len() + 4;
        let offset = u32::try_from(at).unwrap_or(u32::MAX);
        self.templates.insert(template.number, offset);
        let bucket = crate::bytes::index(template.number) % TEMPLATE_BUCKETS;
        let next = self.link(TEMPLATES, bucket, offset);
        self.data.extend_from_slice(&offset.to_le_bytes());
        self.data.extend_from_slice(&next.to_le_bytes());
        self.data.extend_from_slice(&template.number.to_le_bytes());
        self.data.extend_from_slice(b"huntsql made");
        self.data.extend_from_slice(&[0; 4]);
        self.data.extend_from_slice(&FRAGMENT);
        self.element(&template.root, true);
        self.data.push(0);
        let size = length(self.data.len() - at - 24);
        put(&mut self.data, at + 20, &size);
    }

    fn element(&mut self, element: &Element, in_template: bool) {
        let attributes = !element.attributes.is_empty();
        self.data.push(if attributes { 0x41 } else { 0x01 });
        if in_template {
            self.data.extend_from_slice(&element.depends.unwrap_or(0xffff).to_le_bytes());
        }
        let size_at = self.data.len();
        self.data.extend_from_slice(&[0; 4]);
        self.name(&element.name);
        if attributes {
            let list_at = self.data.len();
            self.data.extend_from_slice(&[0; 4]);
            for (at, (name, content)) in element.attributes.iter().enumerate() {
                self.data.push(if at + 1 < element.attributes.len() { 0x46 } else { 0x06 });
                self.name(name);
                self.content(content, in_template);
            }
            let size = length(self.data.len() - list_at - 4);
            put(&mut self.data, list_at, &size);
        }
        if element.content.is_empty() {
            self.data.push(0x03);
        } else {
            self.data.push(0x02);
            for content in &element.content {
                self.content(content, in_template);
            }
            self.data.push(0x04);
        }
        let size = length(self.data.len() - size_at - 4);
        put(&mut self.data, size_at, &size);
    }

    fn content(&mut self, content: &Content, in_template: bool) {
        match content {
            Content::Text(text) => {
                self.data.extend_from_slice(&[0x05, 0x01]);
                self.counted(text);
            }
            Content::Raw(text) => {
                self.data.push(0x07);
                self.counted(text);
            }
            Content::Slot(slot, kind) | Content::Optional(slot, kind) => {
                self.data.push(if matches!(content, Content::Slot(..)) { 0x0d } else { 0x0e });
                self.data.extend_from_slice(&slot.to_le_bytes());
                self.data.push(*kind);
            }
            Content::Element(element) => self.element(element, in_template),
            Content::Entity(name) => {
                self.data.push(0x09);
                self.name(name);
            }
            Content::Character(unit) => {
                self.data.push(0x08);
                self.data.extend_from_slice(&unit.to_le_bytes());
            }
        }
    }

    fn counted(&mut self, text: &str) {
        let units: Vec<u16> = text.encode_utf16().take(usize::from(u16::MAX)).collect();
        self.data.extend_from_slice(&u16::try_from(units.len()).unwrap_or(u16::MAX).to_le_bytes());
        self.data.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    }

    fn name(&mut self, name: &str) {
        if let Some(at) = self.names.get(name) {
            let at = *at;
            self.data.extend_from_slice(&at.to_le_bytes());
            return;
        }
        let at = u32::try_from(self.data.len() + 4).unwrap_or(u32::MAX);
        self.names.insert(name.to_owned(), at);
        let hash = name.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(u32::from(unit))) & 0xffff;
        let next = self.link(STRINGS, crate::bytes::index(hash) % STRING_BUCKETS, at);
        self.data.extend_from_slice(&at.to_le_bytes());
        self.data.extend_from_slice(&next.to_le_bytes());
        self.data.extend(hash.to_le_bytes().into_iter().take(2));
        self.counted(name);
        self.data.extend_from_slice(&[0, 0]);
    }
}
