#!/bin/sh
# Makes the files beside it anew, with other keys and times: ./make.sh. Needs OpenSSL 3. Its keys are thrown away.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cd "$work"

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }
authority() { # file
  key "$1"
  openssl req -new -x509 -key "$1.key" -subj '/C=JP/O=Kakunin Test/CN=Golden CA' -days 7300 -out "$1.pem"
}
leaf() { # file, authority, serial number, days, extensions
  key "$1"
  openssl req -new -key "$1.key" -subj "/C=JP/CN=$1" -out "$1.csr"
  printf '%b\n' "basicConstraints=critical,CA:false\n$5" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial "$3" -days "$4" -extfile "$1.ext" -out "$1.pem" 2> /dev/null
}

responder='extendedKeyUsage=OCSPSigning\nnoCheck=yes'
authority ca
authority namesake
leaf certificate ca 0x1000 3650 'keyUsage=digitalSignature'
leaf another ca 0x2000 3650 'keyUsage=digitalSignature'
leaf responder ca 0x01 3650 "$responder"
leaf short-lived ca 0x02 1 "$responder"
leaf without-eku ca 0x03 3650 'noCheck=yes'
leaf without-nocheck ca 0x04 3650 'extendedKeyUsage=OCSPSigning'
leaf of-namesake namesake 0x05 3650 "$responder"
printf 'V\t360101000000Z\t\t1000\tunknown\t/C=JP/CN=certificate\nV\t360101000000Z\t\t2000\tunknown\t/C=JP/CN=another\n' > index.txt

answer() { # file, request, responder, options
  name=$1 request=$2 signer=$3
  shift 3
  openssl ocsp -index index.txt -CA ca.pem -rsigner "$signer.pem" -rkey "$signer.key" -ndays 7 \
    -reqin "$request" -respout "$here/$name.response.der" "$@" > /dev/null
}
ask() { openssl ocsp -issuer ca.pem -sha256 "$@" > /dev/null; }
ask -cert certificate.pem -reqout request.der
ask -cert certificate.pem -reqout earlier.der
ask -cert certificate.pem -no_nonce -reqout without-nonce.der
# The same request, nonce included, but for the serial number.
LC_ALL=C sed 's/\x02\x02\x10\x00/\x02\x02\x20\x00/' request.der > about-another.der

answer honest request.der responder
answer replayed earlier.der responder
answer without-nonce without-nonce.der responder
answer other-certificate about-another.der responder
answer wrong-signature request.der responder -badsig
answer wrong-signer request.der without-eku
answer responder-of-namesake request.der of-namesake
answer responder-expires request.der short-lived
answer responder-without-nocheck request.der without-nocheck
cp request.der ca.pem certificate.pem "$here"
openssl version > "$here/made-with.txt"
date -u +%Y-%m-%dT%H:%M:%SZ >> "$here/made-with.txt"
