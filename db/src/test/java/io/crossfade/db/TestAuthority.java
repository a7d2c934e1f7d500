package io.crossfade.db;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certification authority of one test, and what it signs. */
final class TestAuthority {

  static final String PASSWORD = "of-the-store";

  private final Path home;

  /**
   * Makes its key.
   *
   * @param home an empty directory
   */
  TestAuthority(Path home) throws IOException, InterruptedException {
    this.home = home;
    keytool(
        "ca.p12",
        "-genkeypair",
        "-alias",
        "ca",
        "-keyalg",
        "RSA",
        "-dname",
        "CN=Test authority",
        "-ext",
        "bc:c",
        "-validity",
        "2");
    keytool("ca.p12", "-exportcert", "-alias", "ca", "-rfc", "-file", file("ca.pem"));
    keytool("trust.p12", "-importcert", "-noprompt", "-alias", "ca", "-file", file("ca.pem"));
  }

  /** PKCS #12 that trusts it and nobody else. */
  Path trustStore() {
    return home.resolve("trust.p12");
  }

  /** Options of a database server with a certificate for a host of that name. */
  List<String> serverOptions(String host)
      throws IOException, InterruptedException, GeneralSecurityException {
    keytool(
        "server.p12",
        "-genkeypair",
        "-alias",
        "server",
        "-keyalg",
        "RSA",
        "-dname",
        "CN=" + host,
        "-validity",
        "2");
    keytool("server.p12", "-certreq", "-alias", "server", "-file", file("server.csr"));
    keytool(
        "ca.p12",
        "-gencert",
        "-alias",
        "ca",
        "-ext",
        "san=dns:" + host,
        "-validity",
        "2",
        "-rfc",
        "-infile",
        file("server.csr"),
        "-outfile",
        file("server.pem"));
    KeyStore store =
        KeyStore.getInstance(home.resolve("server.p12").toFile(), PASSWORD.toCharArray());
    Key key = store.getKey("server", PASSWORD.toCharArray());
    String pem =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(key.getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    Files.writeString(home.resolve("server.key"), pem);
    return List.of(
        "--ssl-ca=" + file("ca.pem"),
        "--ssl-cert=" + file("server.pem"),
        "--ssl-key=" + file("server.key"));
  }

  private String file(String name) {
    return home.resolve(name).toString();
  }

  private void keytool(String store, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-storetype", "PKCS12", "-keystore", file(store), "-storepass", PASSWORD));
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("keytool.log").toFile()))
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException(Files.readString(home.resolve("keytool.log")));
    }
  }
}
