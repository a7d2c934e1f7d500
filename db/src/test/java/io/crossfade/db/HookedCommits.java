package io.crossfade.db;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A pool, of whose connections something is done before each commit. */
public final class HookedCommits extends DelegatingDataSource {

  /** What is done. */
  public interface Hook {
    void before(Connection connection) throws SQLException;
  }

  private final Hook hook;

  public HookedCommits(DataSource pool, Hook hook) {
    super(pool);
    this.hook = hook;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = super.getConnection();
    return (Connection)
        Proxy.newProxyInstance(
            HookedCommits.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                hook.before(connection);
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
