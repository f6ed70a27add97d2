module kakunin/e2e/clients

go 1.25.0

require golang.org/x/crypto v0.45.0
