import java.io.FileInputStream;
import java.security.cert.*;
import java.util.*;

/** What the JDK's CertPathValidator says by CRL: CheckPath CA CRL certificate... ; one line a certificate. */
public class CheckPath {
    public static void main(String[] files) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        X509Certificate ca = (X509Certificate) factory.generateCertificate(new FileInputStream(files[0]));
        CRL crl = factory.generateCRL(new FileInputStream(files[1]));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(ca, null)));
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(crl))));
        for (int at = 2; at < files.length; at++) {
            Certificate certificate = factory.generateCertificate(new FileInputStream(files[at]));
            CertPathValidator validator = CertPathValidator.getInstance("PKIX");
            try {
                validator.validate(factory.generateCertPath(List.of(certificate)), parameters);
                System.out.println("good");
            } catch (CertPathValidatorException refused) {
                System.out.println(refused.getReason());
            }
        }
    }
}
