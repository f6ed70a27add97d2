import java.io.FileInputStream;
import java.security.cert.*;
import java.util.*;

/** What the JDK's CertPathValidator says by CRLs: CheckPath CA CRL[,CRL...] certificate... ; one line a certificate. */
public class CheckPath {
    public static void main(String[] files) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        X509Certificate ca = (X509Certificate) factory.generateCertificate(new FileInputStream(files[0]));
        List<CRL> crls = new ArrayList<>();
        for (String file : files[1].split(",")) crls.add(factory.generateCRL(new FileInputStream(file)));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(ca, null)));
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
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
