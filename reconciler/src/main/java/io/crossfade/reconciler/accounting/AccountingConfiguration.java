package io.crossfade.reconciler.accounting;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.InstanceName;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.db.control.SystemIdentity;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.PrivateDirectory;
import io.crossfade.reconciler.WrittenUntil;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.InstantSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Accounting in a process that accepts records. Applications import this beside the reconciler. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccountingSettings.class)
@ConditionalOnProperty(name = "crossfade.accounting.enabled", matchIfMissing = true)
public class AccountingConfiguration {

  @Bean
  AcceptanceJournal acceptanceJournal(
      AccountingSettings settings, InstanceName instance, MeterRegistry meters) throws IOException {
    return new AcceptanceJournal(
        PrivateDirectory.open("crossfade.accounting.directory", settings.directory()),
        instance,
        settings.entries(),
        settings.every(),
        meters);
  }

  @Bean
  AccountBook accountBook(HikariDataSource controlDataSource) {
    return new AccountBook(controlDataSource);
  }

  @Bean
  Accounting accounting(
      AccountingSettings settings,
      AcceptanceJournal journal,
      HikariDataSource controlDataSource,
      HikariDataSource legacyDataSource,
      HikariDataSource streamDataSource,
      DeadLetters deadLetters,
      AccountBook book,
      RefusedRecords refused,
      SystemIdentity identity,
      WrittenUntil writtenUntil,
      InstantSource clock,
      MeterRegistry meters,
      Loops loops) {
    Accounting accounting =
        new Accounting(
            settings,
            journal,
            new Accountant(legacyDataSource, streamDataSource, deadLetters, refused),
            new DiedCopies(controlDataSource, legacyDataSource, streamDataSource),
            book,
            identity,
            writtenUntil,
            clock,
            meters);
    accounting.start(loops);
    return accounting;
  }
}
