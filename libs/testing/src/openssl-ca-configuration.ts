/** `openssl.cnf` of an authority whose files lie in the directory that openssl runs in. */
export const OPENSSL_CA_CONFIGURATION = `
[ca]
default_ca = authority
[authority]
dir = .
database = index.txt
new_certs_dir = certificates
serial = serial
crlnumber = crlnumber
certificate = ca.pem
private_key = ca.key.pem
default_md = sha256
default_days = 3650
default_crl_days = 7
policy = policy
x509_extensions = leaf
crl_extensions = crl
unique_subject = no
[policy]
countryName = optional
organizationName = optional
commonName = supplied
[req]
distinguished_name = name
[name]
[authority_certificate]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[responder]
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = true
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[crl]
authorityKeyIdentifier = keyid
`;
