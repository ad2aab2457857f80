//! How wide text is, where it breaks, and what of it may not stand in XML or Markdown.
//!
//! The picture brings no font with it, so widths are those of a wide one (DejaVu Sans, in which a Linux browser shows `sans-serif`): others leave room.

/// Width of a text in the unit of `size`.
pub(super) fn width(text: &str, size: f32, is_bold: bool) -> f32 {
    let ems: f32 = text.chars().map(em).sum();
    ems * size * if is_bold { 1.13 } else { 1.0 }
}

/// Width of a character in ems.
fn em(char: char) -> f32 {
    match char {
        'i' | 'j' | 'l' | '\'' => 0.29,
        ' ' | '.' | ',' | ':' | ';' | '|' | 'I' | 'f' | '-' | '!' | '/' | '·' => 0.37,
        't' | 'r' | '(' | ')' | '[' | ']' | '"' => 0.44,
        'm' | 'W' | 'M' | '@' | '%' | '…' | '—' => 1.0,
        'w' | 'Q' | 'O' | 'D' | 'G' | 'H' | 'N' | 'U' | 'Ö' | 'Ü' | '+' | '=' | '<' | '>' | '&' => 0.84,
        'A'..='Z' | 'Ä' => 0.7,
        '0'..='9' | 'a'..='z' | '_' | '?' | '*' | '$' => 0.64,
        // What is not Latin may be as wide as it is high.
        other if u32::from(other) > 0x2e7f => 1.05,
        _ => 0.8,
    }
}

/// What of a text fits into a width, with an ellipsis where something is missing.
pub(super) fn fit(text: &str, room: f32, size: f32, is_bold: bool) -> String {
    if width(text, size, is_bold) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for char in text.chars() {
        kept.push(char);
        if width(&kept, size, is_bold) + width("…", size, is_bold) > room {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// A text in so many lines at most. It breaks at spaces; a word that is too long for a line breaks anywhere, and what is too long for all of them
/// ends in an ellipsis.
pub(super) fn wrap(text: &str, room: f32, size: f32, is_bold: bool, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let fits = |line: &str| width(line, size, is_bold) <= room;
    let mut words = text
        .split_whitespace()
        .map(str::to_owned)
        .collect::<std::collections::VecDeque<_>>();
    while let Some(word) = words.pop_front() {
        let is_last = lines.len() == lines_max;
        let Some(line) = lines.last_mut() else { break };
        let longer = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
        if fits(&longer) {
            *line = longer;
        } else if is_last {
            let rest = words.drain(..).fold(longer, |all, word| format!("{all} {word}"));
            *line = fit(&rest, room, size, is_bold);
        } else if line.is_empty() {
            let (head, tail) = broken(&word, room, size, is_bold);
            *line = head;
            words.push_front(tail);
            lines.push(String::new());
        } else {
            words.push_front(word);
            lines.push(String::new());
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// A word that is too long for a line: as much as fits, at least one character, and the rest.
fn broken(word: &str, room: f32, size: f32, is_bold: bool) -> (String, String) {
    let ends = word.char_indices().map(|(at, char)| at + char.len_utf8());
    let mut cut = 0;
    for end in ends {
        if cut > 0 && width(&word[..end], size, is_bold) > room {
            break;
        }
        cut = end;
    }
    (word[..cut].to_owned(), word[cut..].to_owned())
}

/// For XML, in text and attributes. Characters that XML 1.0 has no place for are left out.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            // Those that turn the direction of writing would put one's words into another's mouth.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            char if char.is_control() => {}
            char => out.push(char),
        }
    }
    out
}

/// For a cell of a Markdown table, or an item of a list.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(char);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\t' | '\n' | '\r' => out.push(' '),
            char if char.is_control() => {}
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_its_room_and_none_are_more_than_asked_for() {
        for text in [
            "",
            "a",
            "Anna Müller-Lüdenscheidt (101)",
            &"x".repeat(500),
            "漢字漢字漢字漢字漢字 漢字",
            "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
        ] {
            for room in [20.0, 60.0, 200.0] {
                for lines_max in 1..4 {
                    let lines = wrap(text, room, 12.0, true, lines_max);
                    assert!(lines.len() <= lines_max, "{lines:?}");
                    assert!(
                        lines.iter().all(|line| width(line, 12.0, true) <= room + 1.0),
                        "{lines:?} in {room}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_fits_stays_whole_and_what_does_not_says_so() {
        assert_eq!(wrap("the office router", 500.0, 12.0, false, 2), ["the office router"]);
        let lines = wrap("the router of the office in the old town", 80.0, 12.0, false, 2);
        assert!(lines.len() == 2 && lines[1].ends_with('…'), "{lines:?}");
    }

    #[test]
    fn nothing_that_is_written_can_become_markup() {
        assert_eq!(xml("<b a='\"'>&\u{0}\u{202e}\n"), "&lt;b a=&#39;&quot;&#39;&gt;&amp; ");
        assert_eq!(markdown("a|b\n<i> *x*"), "a\\|b &lt;i&gt; \\*x\\*");
    }
}
