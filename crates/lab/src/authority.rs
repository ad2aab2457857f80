//! A certificate authority of the test's own, and browsers that trust it: where `--ignore-certificate-errors` says nothing, as for TURN over TLS.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};

use crate::process::run;

/// What the authority calls itself.
const NAME: &str = "farend laboratory";

/// Made anew for every test.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: PathBuf,
}

/// What a server proves with who it is, as files in PEM.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Authority {
    /// Makes one, whose files go into the folder.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written to.
    pub fn new(folder: &Path) -> anyhow::Result<Authority> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, NAME);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let folder = folder.join("authority");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("authority.pem"), issuer.pem())?;
        Ok(Authority { issuer, folder })
    }

    /// Its own certificate, in PEM.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The `[tls]` section of a server with a certificate for a name and an address.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written to.
    pub fn server_config(&self, name: &str, address: Ipv4Addr) -> anyhow::Result<String> {
        let Credentials { certificate, key } = self.certify(&[name, &address.to_string()])?;
        Ok(format!("\n[tls]\ncertificate = {certificate:?}\nkey = {key:?}\n"))
    }

    /// The same, with a certificate that ends after so many days.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written to.
    pub fn server_config_for_days(&self, name: &str, address: Ipv4Addr, days: u32) -> anyhow::Result<String> {
        let ends = SystemTime::now() + Duration::from_secs(u64::from(days) * 24 * 60 * 60);
        let Credentials { certificate, key } = self.certify_until(&[name, &address.to_string()], Some(ends))?;
        Ok(format!("\n[tls]\ncertificate = {certificate:?}\nkey = {key:?}\n"))
    }

    /// A server's certificate for names and addresses, and the key for it. The files are named after the first.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written to.
    pub fn certify(&self, names: &[&str]) -> anyhow::Result<Credentials> {
        self.certify_until(names, None)
    }

    fn certify_until(&self, names: &[&str], ends: Option<SystemTime>) -> anyhow::Result<Credentials> {
        let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
        if let Some(ends) = ends {
            params.not_after = ends.into();
        }
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let name = names.first().context("a certificate is for somebody")?;
        let files = Credentials {
            certificate: self.folder.join(format!("{name}.certificate.pem")),
            key: self.folder.join(format!("{name}.key.pem")),
        };
        fs::write(&files.certificate, certificate.pem())?;
        fs::write(&files.key, key.serialize_pem())?;
        Ok(files)
    }

    /// Lets the browsers of whoever has this home directory trust the authority.
    ///
    /// # Errors
    ///
    /// When there is no `certutil`.
    pub(crate) fn be_trusted_in(&self, home: &Path) -> anyhow::Result<()> {
        let database = home.join(".pki/nssdb");
        fs::create_dir_all(&database)?;
        let database = format!("sql:{}", database.display());
        let certutil = |arguments: &[&str]| {
            run(Command::new("certutil").args(["-d", &database]).args(arguments))
                .context("certutil is in libnss3-tools; run `scripts/install.sh test`")
        };
        certutil(&["-N", "--empty-password"])?;
        let file = self.folder.join("authority.pem").display().to_string();
        certutil(&["-A", "-n", NAME, "-t", "C,,", "-i", &file]).map(|_| ())
    }
}
