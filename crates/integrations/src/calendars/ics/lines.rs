//! The lines of a calendar's file (RFC 5545 §3.1): unfolded, divided into name, parameters and value, and nested.
//!
//! Anything can come over the network. What makes no sense is passed over, never an error.

/// Components lie in each other at most this deep: an alarm in an event in a calendar, and room.
const DEPTH_MAX: usize = 8;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// In capitals.
    pub name: String,
    pub properties: Vec<Property>,
    pub parts: Vec<Component>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// In capitals.
    pub name: String,
    parameters: Vec<(String, String)>,
    pub value: String,
}

impl Property {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Component {
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |property| property.name == name)
    }

    /// The value without blanks around it; empty when there is none.
    pub fn value(&self, name: &str) -> &str {
        self.property(name).map_or("", |property| property.value.trim())
    }
}

/// The calendars of a file.
pub fn read(text: &str) -> Vec<Component> {
    let mut finished = Vec::new();
    let mut open: Vec<Component> = Vec::new();
    let mut too_deep = 0_usize;
    for line in unfolded(text) {
        let Some(property) = property(&line) else { continue };
        match property.name.as_str() {
            "BEGIN" if open.len() >= DEPTH_MAX => too_deep += 1,
            "BEGIN" => {
                open.push(Component { name: property.value.trim().to_ascii_uppercase(), ..Component::default() })
            }
            "END" if too_deep > 0 => too_deep -= 1,
            "END" => close(&mut open, &mut finished, property.value.trim()),
            _ if too_deep > 0 => {}
            _ => {
                if let Some(component) = open.last_mut() {
                    component.properties.push(property);
                }
            }
        }
    }
    // A file that was cut off: what is whole in it counts.
    while let Some(component) = open.pop() {
        if component.name == "VCALENDAR" {
            finished.push(component);
        }
    }
    finished
}

/// Ends the innermost component of this name, with whatever was left open inside.
fn close(open: &mut Vec<Component>, finished: &mut Vec<Component>, name: &str) {
    if !open.iter().any(|component| component.name.eq_ignore_ascii_case(name)) {
        return;
    }
    while let Some(component) = open.pop() {
        let found = component.name.eq_ignore_ascii_case(name);
        match open.last_mut() {
            Some(around) => around.parts.push(component),
            None => finished.push(component),
        }
        if found {
            return;
        }
    }
}

/// Lines with those that continue them: a blank at the beginning says so.
fn unfolded(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.trim_start_matches('\u{feff}').split('\n').map(|line| line.trim_end_matches('\r')).peekable();
    std::iter::from_fn(move || {
        let mut line = lines.next()?.to_owned();
        while let Some(more) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
            line.push_str(&more[1..]);
        }
        Some(line)
    })
}

fn property(line: &str) -> Option<Property> {
    let colon = outside_quotes(line, ':')?;
    let (head, value) = (&line[..colon], &line[colon + 1..]);
    let mut parts = divided(head);
    let name = parts.next()?.trim().to_ascii_uppercase();
    let parameters = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
    });
    (!name.is_empty()).then(|| Property { name, parameters: parameters.collect(), value: value.to_owned() })
}

/// Where a character first stands outside of quotation marks.
fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(place, character)| {
        quoted ^= character == '"';
        (character == wanted && !quoted).then_some(place)
    })
}

/// Parts between semicolons outside of quotation marks.
fn divided(head: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(head);
    std::iter::from_fn(move || {
        let text = rest?;
        match outside_quotes(text, ';') {
            Some(place) => {
                rest = Some(&text[place + 1..]);
                Some(&text[..place])
            }
            None => rest.take(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_unfolded_divided_and_nested() {
        let text = "BEGIN:VCALENDAR\r\nbegin:vevent\r\nDTSTART;X=\"a;b:c\";TZID=Europe/Ma\r\n drid:20260701T\r\n\t100000\r\n\
                    BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nSUMMARY:Two\\, three: four\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let calendars = read(text);
        let event = &calendars[0].parts[0];
        assert_eq!((calendars.len(), event.name.as_str(), event.parts.len()), (1, "VEVENT", 1));
        let starts = event.property("DTSTART").unwrap();
        assert_eq!((starts.parameter("TZID"), starts.parameter("X")), (Some("Europe/Madrid"), Some("a;b:c")));
        assert_eq!((starts.value.as_str(), event.value("TRIGGER")), ("20260701T100000", ""));
    }

    #[test]
    fn a_file_that_was_cut_off_keeps_what_is_whole() {
        let calendars = read("\u{feff}BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\n");
        assert_eq!(calendars[0].parts.len(), 1);
        assert!(read("<html>").is_empty());
    }

    proptest! {
        #[test]
        fn anything_can_be_read(text in "(BEGIN:|END:|VCALENDAR|VEVENT|\r\n|\n| |[\\PC;:\"=]){0,60}") {
            let _ = read(&text);
        }
    }
}
