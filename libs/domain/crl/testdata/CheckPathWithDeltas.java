import java.io.FileInputStream;
import java.security.cert.*;
import java.util.*;
import org.bouncycastle.jcajce.PKIXExtendedParameters;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** What Bouncy Castle's CertPathValidator says by CRLs and deltas: CheckPathWithDeltas CA CRL[,CRL...] certificate... ; one line a certificate. */
public class CheckPathWithDeltas {
    public static void main(String[] files) throws Exception {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        CertificateFactory factory = CertificateFactory.getInstance("X.509", provider);
        X509Certificate ca = (X509Certificate) factory.generateCertificate(new FileInputStream(files[0]));
        List<CRL> crls = new ArrayList<>();
        for (String file : files[1].split(",")) crls.add(factory.generateCRL(new FileInputStream(file)));
        PKIXParameters jdk = new PKIXParameters(Set.of(new TrustAnchor(ca, null)));
        jdk.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls), provider));
        PKIXExtendedParameters parameters = new PKIXExtendedParameters.Builder(jdk).setUseDeltasEnabled(true).build();
        for (int at = 2; at < files.length; at++) {
            Certificate certificate = factory.generateCertificate(new FileInputStream(files[at]));
            CertPathValidator validator = CertPathValidator.getInstance("PKIX", provider);
            try {
                validator.validate(factory.generateCertPath(List.of(certificate)), parameters);
                System.out.println("good");
            } catch (CertPathValidatorException refused) {
                System.out.println(refused.getMessage());
            }
        }
    }
}
