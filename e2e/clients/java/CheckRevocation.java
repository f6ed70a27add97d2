import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.CRLReason;
import java.security.cert.Extension;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Asks OCSP responders with the JDK's PKIXRevocationChecker, which verifies each answer for itself and compares the nonce.
 *
 * <p>It reads questions from stdin, one a line: URL, authority's certificate (PEM file), certificate (PEM file). It prints
 * an answer for each, one a line: {@code good}, {@code revoked keyCompromise 2026-01-31T12:00:00Z}, {@code unknown}, or
 * {@code error …}.
 */
public final class CheckRevocation {
    private static final Map<CRLReason, String> REASONS = Map.of(
            CRLReason.UNSPECIFIED, "unspecified",
            CRLReason.KEY_COMPROMISE, "keyCompromise",
            CRLReason.SUPERSEDED, "superseded",
            CRLReason.CERTIFICATE_HOLD, "certificateHold");

    /** The nonce of RFC 9654: an OCTET STRING of 32 octets within that of the extension. */
    private record Nonce(byte[] value) implements Extension {
        private static final byte[] HEAD = HexFormat.of().parseHex("302f" + "06092b0601050507300102" + "0422");

        static Nonce random() {
            byte[] value = new byte[34];
            new SecureRandom().nextBytes(value);
            value[0] = 4;
            value[1] = 32;
            return new Nonce(value);
        }

        @Override
        public String getId() {
            return "1.3.6.1.5.5.7.48.1.2";
        }

        @Override
        public boolean isCritical() {
            return false;
        }

        @Override
        public byte[] getValue() {
            return value;
        }

        @Override
        public void encode(OutputStream out) throws IOException {
            out.write(HEAD);
            out.write(value);
        }
    }

    private final CertificateFactory certificates = CertificateFactory.getInstance("X.509");

    private CheckRevocation() throws Exception {}

    private X509Certificate read(String file) throws Exception {
        try (var in = new FileInputStream(file)) {
            return (X509Certificate) certificates.generateCertificate(in);
        }
    }

    private String ask(String url, String authority, String certificate) throws Exception {
        var validator = CertPathValidator.getInstance("PKIX");
        var checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        checker.setOcspResponder(URI.create(url));
        checker.setOptions(EnumSet.of(Option.ONLY_END_ENTITY, Option.NO_FALLBACK));
        checker.setOcspExtensions(List.of(Nonce.random()));
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(read(authority), null)));
        parameters.addCertPathChecker(checker);
        try {
            validator.validate(certificates.generateCertPath(List.of(read(certificate))), parameters);
            return "good";
        } catch (CertPathValidatorException refused) {
            return said(refused);
        }
    }

    private static String said(CertPathValidatorException refused) {
        if (refused.getCause() instanceof CertificateRevokedException revoked) {
            var reason = REASONS.get(revoked.getRevocationReason());
            return "revoked " + reason + " " + revoked.getRevocationDate().toInstant();
        }
        var undetermined = CertPathValidatorException.BasicReason.UNDETERMINED_REVOCATION_STATUS;
        var isUnknown = refused.getReason() == undetermined && refused.getMessage().endsWith("unknown");
        return isUnknown ? "unknown" : "error " + refused.getReason() + " " + refused.getMessage();
    }

    public static void main(String[] arguments) throws Exception {
        var check = new CheckRevocation();
        for (var line : new BufferedReader(new InputStreamReader(System.in)).lines().toList()) {
            var fields = line.split("\t");
            System.out.println(check.ask(fields[0], fields[1], fields[2]));
        }
    }
}
