//! Texts with places for the indicator and for settings: `/v1/{ioc_type}/{ioc}`, `Bearer {api_key}`.

use crate::http::{Request, Text, setting};
use crate::ti::provider::Ioc;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use huntsql_kernels::nearest::hint;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Plain(String),
    Ioc,
    IocType,
    IocBase64,
    Setting(String),
}

/// A text with places to fill in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Template(pub(super) Vec<Piece>);

/// Names of places that settings cannot have.
pub(super) const PLACES: &[&str] = &["ioc", "ioc_type", "ioc_base64url"];

impl Template {
    /// Reads a template; `settings` are the names that may stand in it. `{{` and `}}` are braces.
    pub(super) fn parse(text: &str, settings: &[String]) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            plain.push_str(before);
            if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                plain.push_str(from.get(..1).unwrap_or_default());
                rest = after;
                continue;
            }
            let inner = from.strip_prefix('{').ok_or("has a '}' without '{' (a brace is written twice)")?;
            let (name, after) = inner.split_once('}').ok_or("has a '{' without '}' (a brace is written twice)")?;
            if !plain.is_empty() {
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
            }
            pieces.push(match name.trim() {
                "ioc" => Piece::Ioc,
                "ioc_type" => Piece::IocType,
                "ioc_base64url" => Piece::IocBase64,
                name if settings.iter().any(|known| known == name) => Piece::Setting(name.to_owned()),
                name => {
                    let known = || PLACES.iter().copied().chain(settings.iter().map(String::as_str));
                    let near = hint(name, known());
                    return Err(format!(
                        "names '{{{}}}', which is neither a place nor a setting{near} (known: {})",
                        name.escape_debug(),
                        known().collect::<Vec<_>>().join(", ")
                    ));
                }
            });
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Plain(plain));
        }
        Ok(Self(pieces))
    }

    /// Whether the text of the indicator itself stands in it.
    pub(super) fn has_ioc(&self) -> bool {
        self.0.contains(&Piece::Ioc)
    }

    /// Whether anything of the indicator stands in it.
    pub(super) fn names_ioc(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Ioc | Piece::IocBase64))
    }

    /// Whether a setting stands in it.
    pub(super) fn has_settings(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Setting(_)))
    }

    /// What is written as it is.
    pub(super) fn plain(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Plain(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// Filled in where nothing needs to be escaped or another does it: values of a query, a form or a header.
    pub(super) fn text(&self, ioc: Ioc<'_>) -> Text {
        self.0.iter().fold(Text::default(), |text, piece| match piece {
            Piece::Setting(name) => text.and(setting(name.clone())),
            other => text.and(other.of(ioc)),
        })
    }

    /// Filled in as it is, settings left out: for JSON, whose writer escapes it.
    pub(super) fn string(&self, ioc: Ioc<'_>) -> String {
        self.0.iter().map(|piece| piece.of(ioc)).collect()
    }

    /// Filled in behind the path of a request, the indicator percent-encoded.
    pub(super) fn path(&self, request: Request, ioc: Ioc<'_>) -> Request {
        self.0.iter().fold(request, |request, piece| match piece {
            Piece::Plain(text) => request.path(text.as_str()),
            Piece::Setting(name) => request.path(setting(name.clone())),
            other => request.segment(&other.of(ioc)),
        })
    }
}

impl Piece {
    fn of(&self, ioc: Ioc<'_>) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Ioc => ioc.value.to_owned(),
            Self::IocType => ioc.kind.name().to_owned(),
            Self::IocBase64 => URL_SAFE_NO_PAD.encode(ioc.value),
            Self::Setting(_) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use huntsql_kernels::ioc::IocType;

    #[test]
    fn templates() {
        let settings = ["api_key".to_owned()];
        let ioc = Ioc { kind: IocType::Url, value: "http://a.com/\"}&x=1" };
        let read = |text: &str| Template::parse(text, &settings).expect(text);
        assert_eq!(
            read("/v1/{ioc_type}/{ioc}/{ioc_base64url}").path(Request::get(""), ioc).target(),
            "/v1/url/http%3A%2F%2Fa.com%2F%22%7D%26x%3D1/aHR0cDovL2EuY29tLyJ9Jng9MQ"
        );
        assert_eq!(read("Bearer {api_key}").text(ioc).shown(), "Bearer {api_key}");
        assert_eq!(read("{{\"a\": \"{ ioc_type }\"}}").string(ioc), "{\"a\": \"url\"}");
        for (text, what) in [
            ("{", "without '}'"),
            ("}", "without '{'"),
            ("{api_kye}", "did you mean 'api_key'?"),
            ("{IOC}", "did you mean 'ioc'?"),
            ("{}", "neither a place nor a setting"),
            ("{a{ioc}", "neither"),
        ] {
            let error = Template::parse(text, &settings).expect_err(text);
            assert!(error.contains(what), "{text}: {error}");
        }
    }
}
