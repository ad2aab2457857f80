//! A menu as it was when its caller came to it, and what the keys mean that they press.

use std::sync::Arc;

use model::control::Digit;
use model::{Language, Prompt, Sound};

use crate::core::Party;
use crate::directory::{Choice, Extensions, Menu};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) menu: Menu,
    /// In which language prompts are spoken.
    pub(crate) language: Language,
    pub(crate) is_open: bool,
    /// What may be dialled here in place of a key, where the menu takes that.
    pub(crate) extensions: Arc<Extensions>,
}

/// What keys have come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// More may follow.
    Unclear,
    /// It is clear.
    Chosen(Choice),
    /// Nothing.
    Nothing,
}

impl Page {
    /// The menu, as others see who is there.
    pub(crate) fn party(&self) -> Party {
        Party {
            user: None,
            device: None,
            number: self.menu.extension.clone(),
            name: self.menu.name.clone(),
        }
    }

    pub(super) fn prompt(&self, prompt: Prompt) -> Sound {
        let language = self.language;
        Sound::Prompt { prompt, language }
    }

    /// What its caller hears first.
    pub(super) fn greeting(&self) -> Vec<Sound> {
        let own = |announcement| vec![Sound::Announcement(announcement)];
        match &self.menu.hours {
            Some(hours) if !self.is_open => hours.greeting.map_or_else(|| vec![self.prompt(Prompt::Closed)], own),
            Some(_) | None => self.menu.greeting.map_or_else(|| self.usual_greeting(), own),
        }
    }

    fn usual_greeting(&self) -> Vec<Sound> {
        let dial = self.menu.takes_extensions.then(|| self.prompt(Prompt::DialExtension));
        [self.prompt(Prompt::Welcome)].into_iter().chain(dial).collect()
    }

    /// What happens while it is closed; `None`: it is open.
    pub(super) fn closed(&self) -> Option<&Choice> {
        self.menu.hours.as_ref().filter(|_| !self.is_open).map(|hours| &hours.then)
    }

    /// Whether there is nothing to press.
    pub(super) fn is_announcement(&self) -> bool {
        self.menu.keys.is_empty() && !self.menu.takes_extensions
    }

    /// Whether it is heard once more after it was heard so often.
    pub(super) fn may_play_again(&self, plays: u8) -> bool {
        plays < self.menu.plays_max.max(1)
    }

    /// What one more key means behind those that were typed before; they are kept in `typed`.
    pub(super) fn press(&self, typed: &mut String, digit: Digit) -> Meaning {
        let key = digit.char();
        if key == '#' && !typed.is_empty() {
            return self.complete(typed);
        }
        typed.push(key);
        if self.menu.takes_extensions && self.extensions.begin_with(typed) {
            return Meaning::Unclear;
        }
        self.complete(typed)
    }

    /// What the keys mean where no more follow.
    pub(super) fn complete(&self, typed: &str) -> Meaning {
        let mut characters = typed.chars();
        let only = characters.next().filter(|_| characters.next().is_none());
        let key = self.menu.keys.iter().find(|(digit, _)| Some(digit.char()) == only);
        if let Some((_, choice)) = key {
            return Meaning::Chosen(choice.clone());
        }
        if self.menu.takes_extensions && self.extensions.contain(typed) {
            return Meaning::Chosen(Choice::Number(typed.to_owned()));
        }
        Meaning::Nothing
    }
}

#[cfg(test)]
mod tests {
    use model::AnnouncementId;

    use super::*;
    use crate::directory::{MenuHours, MenuId, TimeProfileId};

    fn key(key: char) -> Digit {
        Digit::from_char(key).unwrap()
    }

    fn number(number: &str) -> Choice {
        Choice::Number(number.to_owned())
    }

    fn page(keys: &[(char, Choice)], extensions: &[&str]) -> Page {
        Page {
            menu: Menu {
                id: MenuId(1),
                name: "Reception".to_owned(),
                extension: "500".to_owned(),
                language: None,
                greeting: None,
                keys: keys.iter().map(|(digit, choice)| (key(*digit), choice.clone())).collect(),
                takes_extensions: !extensions.is_empty(),
                waits_s: 5,
                plays_max: 3,
                otherwise: Choice::HangUp,
                hours: None,
            },
            language: Language::German,
            is_open: true,
            extensions: Arc::new(extensions.iter().map(|extension| (*extension).to_owned()).collect()),
        }
    }

    fn typed(page: &Page, keys: &str) -> Vec<Meaning> {
        let mut typed = String::new();
        keys.chars().map(|digit| page.press(&mut typed, key(digit))).collect()
    }

    #[test]
    fn a_key_counts_at_once_unless_an_extension_begins_with_it() {
        let keys = [
            ('1', number("101")),
            ('2', Choice::Again),
            ('*', Choice::HangUp),
            ('#', Choice::Again),
        ];
        let plain = page(&keys, &[]);
        assert_eq!(typed(&plain, "1"), [Meaning::Chosen(number("101"))]);
        assert_eq!(typed(&plain, "*"), [Meaning::Chosen(Choice::HangUp)]);
        assert_eq!(typed(&plain, "#"), [Meaning::Chosen(Choice::Again)]);
        assert_eq!(typed(&plain, "9"), [Meaning::Nothing]);
        let both = page(&keys, &["101", "102", "20", "2051"]);
        assert_eq!(typed(&both, "1"), [Meaning::Unclear]);
        assert_eq!(both.complete("1"), Meaning::Chosen(number("101")));
        assert_eq!(
            typed(&both, "102"),
            [Meaning::Unclear, Meaning::Unclear, Meaning::Chosen(number("102"))]
        );
        assert_eq!(typed(&both, "20"), [Meaning::Unclear, Meaning::Unclear], "2051 may follow");
        assert_eq!(both.complete("20"), Meaning::Chosen(number("20")));
        assert_eq!(typed(&both, "20#")[2], Meaning::Chosen(number("20")));
        assert_eq!(typed(&both, "103")[2], Meaning::Nothing);
        assert_eq!(typed(&both, "10#")[2], Meaning::Nothing);
        assert_eq!(typed(&both, "10*")[2], Meaning::Nothing);
        assert_eq!(typed(&both, "D"), [Meaning::Nothing]);
    }

    #[test]
    fn a_menu_greets_in_its_words_and_otherwise_at_night() {
        let prompt = |prompt| Sound::Prompt {
            prompt,
            language: Language::German,
        };
        let mut page = page(&[], &["101"]);
        assert_eq!(page.greeting(), [prompt(Prompt::Welcome), prompt(Prompt::DialExtension)]);
        page.menu.greeting = Some(AnnouncementId(7));
        assert_eq!(page.greeting(), [Sound::Announcement(AnnouncementId(7))]);
        page.menu.hours = Some(MenuHours {
            profile: TimeProfileId(1),
            greeting: None,
            then: number("102"),
        });
        assert_eq!(
            (page.greeting(), page.closed()),
            (vec![Sound::Announcement(AnnouncementId(7))], None)
        );
        page.is_open = false;
        assert_eq!(
            (page.greeting(), page.closed()),
            (vec![prompt(Prompt::Closed)], Some(&number("102")))
        );
    }
}
