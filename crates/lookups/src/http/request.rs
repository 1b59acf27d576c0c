//! A request without a secret in it: where one belongs, it names the setting that holds it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;
use std::fmt::Write as _;

/// What stays as it is in a path segment or a query: RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Methods that look-ups use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Asks with the URL alone.
    Get,
    /// Asks with a body.
    Post,
}

impl Method {
    /// As written in a request.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Piece {
    Plain(String),
    Setting(Cow<'static, str>),
}

/// A text of which parts may be settings, such as `Bearer <api_key>`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Vec<Piece>);

/// The value of a setting of the provider, filled in when the request is sent.
pub fn setting(name: impl Into<Cow<'static, str>>) -> Text {
    Text(vec![Piece::Setting(name.into())])
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(vec![Piece::Plain(text.to_owned())])
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(vec![Piece::Plain(text)])
    }
}

impl Text {
    /// This and then `more`.
    #[must_use]
    pub fn and(mut self, more: impl Into<Self>) -> Self {
        self.0.extend(more.into().0);
        self
    }

    /// The names of the settings in it.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Setting(name) => Some(name.as_ref()),
            Piece::Plain(_) => None,
        })
    }

    /// The text, each setting being what `value` gives for its name.
    pub fn fill<'v>(&self, value: impl Fn(&str) -> &'v str) -> String {
        self.written(|setting, out| out.push_str(value(setting)))
    }

    /// As [`Text::fill`], with the settings percent-encoded for a URL; what is plain is encoded already.
    pub fn fill_url<'v>(&self, value: impl Fn(&str) -> &'v str) -> String {
        self.written(|setting, out| out.extend(utf8_percent_encode(value(setting), RESERVED)))
    }

    /// The text for people and as a key: `{name}` where a setting stands.
    pub fn shown(&self) -> String {
        self.written(|setting, out| _ = write!(out, "{{{setting}}}"))
    }

    fn written(&self, mut setting: impl FnMut(&str, &mut String)) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(text) => out.push_str(text),
                Piece::Setting(name) => setting(name, &mut out),
            }
        }
        out
    }
}

/// What a request carries.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Body {
    /// Nothing.
    #[default]
    None,
    /// JSON text.
    Json(String),
    /// Fields of a form.
    Form(Vec<(String, Text)>),
}

/// A request to a provider, relative to its base URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) path: Text,
    pub(crate) query: Vec<(String, Text)>,
    pub(crate) headers: Vec<(String, Text)>,
    pub(crate) basic: Option<(Text, Text)>,
    pub(crate) body: Body,
    pub(crate) may_go_elsewhere: bool,
    pub(crate) leaves_keys_behind: bool,
}

impl Request {
    /// A GET of `path`, which is written as in a URL: `/api/v3/ip_addresses/`.
    pub fn get(path: impl Into<Text>) -> Self {
        Self {
            method: Method::Get,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            basic: None,
            body: Body::None,
            may_go_elsewhere: false,
            leaves_keys_behind: false,
        }
    }

    /// A POST to `path`.
    pub fn post(path: impl Into<Text>) -> Self {
        Self { method: Method::Post, ..Self::get(path) }
    }

    /// Appends `value` to the path, percent-encoded: a slash in it starts no new segment.
    #[must_use]
    pub fn segment(mut self, value: &str) -> Self {
        self.path = self.path.and(utf8_percent_encode(value, RESERVED).to_string());
        self
    }

    /// Appends to the path what is written as in a URL already, or a setting.
    #[must_use]
    pub fn path(mut self, more: impl Into<Text>) -> Self {
        self.path = self.path.and(more);
        self
    }

    /// Adds a parameter to the query.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl Into<Text>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Text>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Basic authentication.
    #[must_use]
    pub fn basic(mut self, user: impl Into<Text>, password: impl Into<Text>) -> Self {
        self.basic = Some((user.into(), password.into()));
        self
    }

    /// A JSON body.
    #[must_use]
    pub fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = Body::Json(body.to_string());
        self
    }

    /// Adds a field to a form, which is the body.
    #[must_use]
    pub fn form(mut self, name: &str, value: impl Into<Text>) -> Self {
        let mut fields = match self.body {
            Body::Form(fields) => fields,
            _ => Vec::new(),
        };
        fields.push((name.to_owned(), value.into()));
        self.body = Body::Form(fields);
        self
    }

    /// Redirects may lead to other hosts, but only over https and only if no setting is sent.
    #[must_use]
    pub fn may_go_elsewhere(mut self) -> Self {
        self.may_go_elsewhere = true;
        self
    }

    /// Redirects may lead to other hosts, but only over https, and there without headers and body: what is fetched is behind a URL that opens by itself.
    #[must_use]
    pub fn leaves_keys_behind(mut self) -> Self {
        self.leaves_keys_behind = true;
        self
    }

    /// Its method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The body as people may see it, the settings in braces; empty where there is none.
    pub fn shown_body(&self) -> String {
        match &self.body {
            Body::None => String::new(),
            Body::Json(text) => text.clone(),
            Body::Form(fields) => {
                let fields = fields.iter().map(|(name, text)| format!("{name}={}", utf8_percent_encode(&text.shown(), RESERVED)));
                fields.collect::<Vec<_>>().join("&")
            }
        }
    }

    /// Path and query as people may see them, and what tells two requests apart.
    pub fn target(&self) -> String {
        let mut shown = self.path.shown();
        for (index, (name, value)) in self.query.iter().enumerate() {
            let value = value.shown();
            let encoded = utf8_percent_encode(&value, RESERVED);
            _ = write!(shown, "{}{name}={encoded}", if index == 0 { '?' } else { '&' });
        }
        shown
    }

    /// Path and query with the settings filled in: a secret.
    pub(crate) fn filled_target<'v>(&self, value: impl Fn(&str) -> &'v str + Copy) -> String {
        let mut target = self.path.fill_url(value);
        for (index, (name, text)) in self.query.iter().enumerate() {
            let filled = text.fill(value);
            _ = write!(target, "{}{name}={}", if index == 0 { '?' } else { '&' }, utf8_percent_encode(&filled, RESERVED));
        }
        target
    }

    /// The names of all settings that it needs.
    pub fn settings(&self) -> Vec<&str> {
        let form = match &self.body {
            Body::Form(fields) => fields.as_slice(),
            _ => &[],
        };
        let named = self.query.iter().chain(&self.headers).chain(form).map(|(_, text)| text);
        let basic = self.basic.iter().flat_map(|(user, password)| [user, password]);
        let mut names: Vec<&str> = named.chain(basic).chain([&self.path]).flat_map(Text::settings).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_named_until_they_are_sent() {
        let request = Request::get("/ip/")
            .path(setting("api_key"))
            .path("/")
            .segment("1.2.3.4/x y")
            .query("q", "a&b")
            .query("token", setting("token"))
            .header("authorization", Text::from("Bearer ").and(setting("api_key")));
        assert_eq!(request.target(), "/ip/{api_key}/1.2.3.4%2Fx%20y?q=a%26b&token=%7Btoken%7D");
        assert_eq!(request.settings(), ["api_key", "token"]);
        let value = |name: &str| if name == "token" { "t/1" } else { "k&k" };
        assert_eq!(request.filled_target(value), "/ip/k%26k/1.2.3.4%2Fx%20y?q=a%26b&token=t%2F1");
        assert!(!format!("{request:?}").contains("k&k"));
        let (_, header) = &request.headers[0];
        assert_eq!((header.fill(value).as_str(), header.shown().as_str()), ("Bearer k&k", "Bearer {api_key}"));
        let form = Request::post("/").form("hash", "x").form("key", setting("auth_key"));
        assert_eq!((form.settings(), form.method.name()), (vec!["auth_key"], "POST"));
    }
}
