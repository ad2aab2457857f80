//! Who learns what pages checks come from.

use std::fmt;
use std::sync::Arc;

use model::control::Page;

/// Tells where a check's page was loaded from. Cheap to clone.
#[derive(Clone)]
pub struct PageNews(Arc<dyn Fn(&Page) + Send + Sync>);

impl PageNews {
    /// To whoever wants to know.
    pub fn new(tell: impl Fn(&Page) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(super) fn tell(&self, page: &Page) {
        (self.0)(page);
    }
}

impl fmt::Debug for PageNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageNews")
    }
}
