//! Places in a JSON answer: `data.attributes.score`, `results[0].name`, `results[*].tags[*]`.

use serde_json::Value;

/// Values that one path may reach.
const MOST_VALUES: usize = 10_000;
/// Steps of a path.
const MOST_STEPS: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
    All,
}

/// A place in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

impl Path {
    /// Reads a path from the beginning of `text`, and says what follows it.
    pub(super) fn parse(text: &str) -> Result<(Self, &str), String> {
        let mut steps = Vec::new();
        let mut rest = text;
        loop {
            if let Some(inner) = rest.strip_prefix('[') {
                let (index, after) = inner.split_once(']').ok_or("has a '[' without ']'")?;
                steps.push(match index.trim() {
                    "*" => Step::All,
                    number => Step::Index(number.parse().map_err(|_| format!("has '[{number}]': a number or * is needed"))?),
                });
                rest = after;
            } else if steps.is_empty() || rest.starts_with('.') {
                let name = if steps.is_empty() { rest } else { rest.get(1..).unwrap_or_default() };
                let (name, after) = name_of(name)?;
                steps.push(Step::Name(name));
                rest = after;
            } else {
                break;
            }
            if steps.len() > MOST_STEPS {
                return Err(format!("has more than {MOST_STEPS} steps"));
            }
        }
        Ok((Self(steps), rest))
    }

    /// Reads a text that is a path as a whole.
    pub(super) fn whole(text: &str) -> Result<Self, String> {
        match Self::parse(text.trim())? {
            (path, "") => Ok(path),
            (_, rest) => Err(format!("has '{}' behind the path", rest.escape_debug())),
        }
    }

    /// Whether it can lead to several values.
    pub(super) fn is_many(&self) -> bool {
        self.0.contains(&Step::All)
    }

    /// The one name that it is.
    pub(super) fn as_name(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Step::Name(name)] => Some(name),
            _ => None,
        }
    }

    /// The values there; null is no value.
    pub(super) fn of<'v>(&self, answer: &'v Value) -> Vec<&'v Value> {
        let mut values = vec![answer];
        for step in &self.0 {
            let next = |value: &'v Value| -> Vec<&'v Value> {
                match step {
                    Step::Name(name) => value.get(name).into_iter().collect(),
                    Step::Index(index) => value.get(index).into_iter().collect(),
                    Step::All => value.as_array().map(|items| items.iter().collect()).unwrap_or_default(),
                }
            };
            values = values.into_iter().flat_map(next).take(MOST_VALUES).collect();
        }
        values.retain(|value| !value.is_null());
        values
    }
}

/// A name, quoted where it holds what means something in a path.
fn name_of(text: &str) -> Result<(String, &str), String> {
    if let Some(inner) = text.strip_prefix('"') {
        let (name, rest) = inner.split_once('"').ok_or("has a quote that does not end")?;
        return Ok((name.to_owned(), rest));
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '$'))).unwrap_or(text.len());
    match text.split_at_checked(end) {
        Some((name, rest)) if !name.is_empty() => Ok((name.to_owned(), rest)),
        _ => Err(format!("needs a name where '{}' stands", text.chars().take(20).collect::<String>().escape_debug())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_of_paths() {
        let answer = json!({"a": {"b-c": [{"d": 1}, {"d": [2, 3]}, {"e": 4}, null]}, "x.y": "z", "n": null});
        for (path, expected) in [
            ("a.b-c[0].d", json!([1])),
            ("a.b-c[*].d", json!([1, [2, 3]])),
            ("a.b-c[*].d[*]", json!([2, 3])),
            ("a.b-c[9].d", json!([])),
            ("\"x.y\"", json!(["z"])),
            ("n", json!([])),
            ("a.b-c.d", json!([])),
            ("[0]", json!([])),
        ] {
            let path = Path::whole(path).expect(path);
            assert_eq!(json!(path.of(&answer)), expected);
        }
        assert_eq!(json!(Path::whole("[*].x").expect("a path").of(&json!([{"x": 1}, 2, {"x": 3}]))), json!([1, 3]));
    }

    #[test]
    fn wrong_paths() {
        for (path, what) in [
            ("", "needs a name"),
            ("a.", "needs a name"),
            ("a..b", "needs a name"),
            ("a[", "without ']'"),
            ("a[x]", "a number or *"),
            ("a[-1]", "a number or *"),
            ("a b", "behind the path"),
            ("\"a", "does not end"),
            ("$.a", "x"),
        ] {
            match Path::whole(path) {
                Err(error) => assert!(error.contains(what), "{path}: {error}"),
                Ok(path) => assert_eq!(path, Path(vec![Step::Name("$".to_owned()), Step::Name("a".to_owned())])),
            }
        }
        assert!(Path::whole(&"a.".repeat(100)).is_err());
    }

    #[test]
    fn hostile_answers_are_bounded() {
        let wide = json!(vec![vec![0; 1000]; 1000]);
        assert_eq!(Path::whole("[*][*]").expect("a path").of(&wide).len(), MOST_VALUES);
    }
}
