#!/bin/sh
# Makes the files beside it anew, with other keys and times: ./make.sh. Needs OpenSSL 3. Its keys are thrown away.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cd "$work"

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }
leaf() { # name, serial number, extension
  key "$1"
  openssl req -new -key "$1.key" -subj "/C=JP/CN=$1" -out "$1.csr"
  printf '%s\n' "basicConstraints=critical,CA:false" "$3" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -set_serial "$2" -days 3650 -extfile "$1.ext" -out "$1.pem" 2> /dev/null
}

key ca
openssl req -new -x509 -key ca.key -subj '/C=JP/O=Kakunin Test/CN=Golden CA' -days 7300 -out ca.pem
leaf responder 0x01 'extendedKeyUsage=OCSPSigning'
leaf good 0x1000 'keyUsage=digitalSignature'
leaf revoked 0x80ffffffffffffffffffffffffffffffffff01 'keyUsage=digitalSignature'
leaf unknown 0x2000 'keyUsage=digitalSignature'
{
  printf 'V\t360101000000Z\t\t1000\tunknown\t/C=JP/CN=good\n'
  printf 'R\t360101000000Z\t261101120000Z,keyCompromise\t80FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF01\tunknown\t/C=JP/CN=revoked\n'
} > index.txt

ask() { # name, options
  name=$1
  shift
  openssl ocsp -issuer ca.pem "$@" -reqout "$here/$name.request.der" > /dev/null
  openssl ocsp -index index.txt -CA ca.pem -rsigner responder.pem -rkey responder.key -ndays 7 \
    -reqin "$here/$name.request.der" -respout "$here/$name.response.der" > /dev/null
}
ask sha1-good -no_nonce -cert good.pem
ask sha256-revoked-nonce -sha256 -cert revoked.pem
ask sha384-unknown -no_nonce -sha384 -cert unknown.pem
ask sha512-several -no_nonce -sha512 -cert good.pem -cert revoked.pem -cert unknown.pem
ask signed -no_nonce -sha256 -cert good.pem -signer good.pem -signkey good.key
cp ca.pem responder.pem good.pem revoked.pem unknown.pem "$here"
openssl version > "$here/made-with.txt"
date -u +%Y-%m-%dT%H:%M:%SZ >> "$here/made-with.txt"
