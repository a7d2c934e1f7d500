package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database behind TLS, as {@code sslMode=VERIFY_IDENTITY} has it. */
class DatabaseTlsIT {

  @TempDir private static Path home;
  private static TestAuthority authority;
  private static TestAuthority stranger;
  private static DatabaseProcess database;
  private static DbSettings schemas;

  @BeforeAll
  static void start() throws Exception {
    authority = new TestAuthority(Files.createDirectory(home.resolve("authority")));
    stranger = new TestAuthority(Files.createDirectory(home.resolve("stranger")));
    database =
        new DatabaseProcess(
            Files.createDirectory(home.resolve("disk")),
            List.of(),
            authority.serverOptions("localhost"));
    schemas = TestDatabase.newSchemas(database::admin, "jdbc:mysql://localhost:" + database.port());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void schemasAreMadeAndReadOverTls() throws Exception {
    DbSettings.Schema schema = verifying("localhost", authority);
    Schemas.migrate("control", schema, schemas.migration());
    try (HikariDataSource pool = Schemas.open("tls", schema);
        Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW STATUS LIKE 'Ssl_cipher'")) {
      row.next();
      assertThat(row.getString(2)).isNotEmpty();
      connection.commit();
    }
  }

  /** The certificate is good, and is another host's. */
  @Test
  void certificateOfAnotherNameIsRefused() {
    assertThatRefused(verifying("127.0.0.1", authority));
  }

  @Test
  void certificateThatNobodyTrustsIsRefused() {
    assertThatRefused(verifying("localhost", stranger));
  }

  private static void assertThatRefused(DbSettings.Schema schema) {
    assertThatThrownBy(
            () -> DriverManager.getConnection(schema.url(), schema.username(), schema.password()))
        .isInstanceOf(SQLException.class)
        .rootCause()
        .isInstanceOfAny(GeneralSecurityException.class, SSLException.class);
  }

  private static DbSettings.Schema verifying(String host, TestAuthority trusted) {
    DbSettings.Schema plain = schemas.control();
    String url =
        plain.url().replace("localhost", host)
            + "?sslMode=VERIFY_IDENTITY&trustCertificateKeyStoreType=PKCS12"
            + "&trustCertificateKeyStoreUrl="
            + trusted.trustStore().toUri()
            + "&trustCertificateKeyStorePassword="
            + TestAuthority.PASSWORD;
    return new DbSettings.Schema(url, plain.username(), plain.password(), 2);
  }
}
