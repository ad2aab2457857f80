//! Messages: a lenient façade over the SIP library's headers.

/// A request, as far as a switchboard looks into it.
///
/// Methods to be (owner: this crate):
///
/// ```text
/// method(&self) -> &str                request_uri(&self) -> &str            user_agent(&self) -> Option<&str>
/// to_user(&self) -> Option<&str>       request_user(&self) -> Option<&str>   (unescaped user part)
/// from(&self) -> NameAddr              to(&self) -> NameAddr                 call_id(&self) -> &str
/// header(&self, name: &str) -> Option<&str>        headers(&self, name: &str) -> impl Iterator<Item = &str>
/// contacts(&self) -> Result<Contacts, …>           expires(&self) -> Option<u32>       (seconds)
/// body(&self) -> Option<Body>          has_authorization(&self) -> bool
/// enum Contacts { None, All /* `*` */, List(Vec<Contact>) }
/// struct Contact { uri: String, expires: Option<u32>, instance: Option<String>, reg_id: Option<u32>, q: Option<u16 per mille> }
/// ```
#[derive(Clone, Debug)]
pub struct Request;
