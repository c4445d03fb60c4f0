// One launch by Java's own HTTP client, whose TLS is not OpenSSL's. Run as a file:
//
//   java Launch.java URL VERSION AUTHORITY.pem CLIENT.p12|- HOST_KEY BODY
//
// Prints the version that was agreed on, the status and the body, each in a line; or the error, with exit code 1.

import java.io.FileInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

public class Launch {
    public static void main(String[] args) throws Exception {
        // Java does not speak old versions by itself, and whether the gateway does is the question.
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
        try {
            launch(args[0], args[1], args[2], args[3], args[4], args[5]);
        } catch (java.io.IOException error) {
            System.out.println(error);
            System.exit(1);
        }
    }

    private static void launch(String url, String version, String authority, String client, String hostKey, String body) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null);
        try (InputStream file = new FileInputStream(authority)) {
            trusted.setCertificateEntry("authority", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);

        KeyManagerFactory identity = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore own = KeyStore.getInstance("PKCS12");
        char[] password = "tests".toCharArray();
        if (client.equals("-")) {
            own.load(null, password);
        } else {
            try (InputStream file = new FileInputStream(client)) {
                own.load(file, password);
            }
        }
        identity.init(own, password);

        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity.getKeyManagers(), trust.getTrustManagers(), null);
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(new String[] {version});
        HttpClient http = HttpClient.newBuilder().sslContext(context).sslParameters(parameters).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
            .header("Authorization", "Bearer " + hostKey)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(response.sslSession().get().getProtocol());
        System.out.println(response.statusCode());
        System.out.println(response.body());
    }
}
