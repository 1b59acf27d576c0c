//! Event data as Microsoft Sentinel keeps it: the XML, as a text.

/// Hands every `<Data Name="...">...</Data>` in `xml` to `each`: the name, where there is one, and the text with its entities.
pub(super) fn elements<'x>(xml: &'x str, mut each: impl FnMut(Option<&'x str>, &'x str)) {
    let mut rest = xml;
    while let Some((_, found)) = rest.split_once("<Data") {
        rest = found;
        // `<DataItem>` is another element.
        if !found.starts_with([' ', '>', '/', '\t', '\r', '\n']) {
            continue;
        }
        let Some((attributes, body)) = found.split_once('>') else { return };
        rest = body;
        let name = ["Name=\"", "Name='"].iter().find_map(|open| {
            let (_, value) = attributes.split_once(open)?;
            value.split_once(open.chars().next_back()?).map(|(name, _)| name)
        });
        if attributes.ends_with('/') {
            each(name, "");
            continue;
        }
        let Some((text, after)) = body.split_once("</Data>") else { return };
        each(name, text);
        rest = after;
    }
}

/// Appends `text` without its entities. What is no entity stays.
pub(super) fn append_text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('&') {
        out.push_str(plain);
        // The longest is `&#x10FFFF;`.
        let end = after.bytes().take(9).position(|byte| byte == b';');
        match end.and_then(|end| Some((entity(after.get(..end)?)?, after.get(end + 1..)?))) {
            Some((sign, after)) => {
                out.push(sign);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_elements() {
        for (xml, expected) in [
            ("<EventData xmlns=\"x\">\r\n <Data Name=\"A\">1 &lt; 2</Data><Data Name='B'/><Data>c</Data></EventData>", "A=1 < 2|B=|-=c"),
            ("<DataItem><EventData><Data Name=\"A\">&#65;&#x42;&amp;lt; &bad; &</Data>", "A=AB&lt; &bad; &"),
            ("<Data Name=\"A\">cut", ""),
            ("<Data Name=\"A", ""),
            ("<Data", ""),
            ("", ""),
        ] {
            let mut shown = Vec::new();
            elements(xml, |name, text| {
                let mut value = String::new();
                append_text(text, &mut value);
                shown.push(format!("{}={value}", name.unwrap_or("-")));
            });
            assert_eq!(shown.join("|"), expected, "{xml}");
        }
    }
}
