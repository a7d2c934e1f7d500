package io.crossfade.router.intake;

import io.crossfade.db.InstanceName;
import io.crossfade.db.RecordId;
import io.crossfade.db.SqlFaults;
import io.crossfade.db.control.AcceptanceNodes;
import io.crossfade.db.control.AcceptanceNodes.Lease;
import io.crossfade.db.control.SystemIdentity;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.router.RouterLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has this router's node number leased, and renewed while it runs. A router that starts without the
 * database goes on with the number that its disk remembers, while nobody else can have been given
 * it; without one it has none, and accepts nothing, until the database gives it one.
 */
public final class NodeLease implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NodeLease.class);
  private static final Duration RENEW_EVERY = Duration.ofSeconds(30);
  private static final Duration TRY_EVERY = Duration.ofSeconds(1);
  private static final Duration STOP_PATIENCE = Duration.ofMillis(500);

  /** So much the clocks of a router and its database differ at most. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private final AcceptanceNodes nodes;
  private final SystemIdentity identity;
  private final InstanceName instance;
  private final InstantSource clock;
  private final IntConsumer use;
  private final @Nullable NodeFile file;
  private @Nullable Lease lease;
  private boolean fresh;
  private volatile String standing = "none: not asked yet";
  private volatile boolean had;
  private volatile @Nullable RecordId system;
  private @Nullable SupervisedLoop loop;

  /**
   * @param identity whose number it is: the disk remembers that, too
   * @param directory where the number is remembered; {@code null} for nowhere
   * @param address where the control schema is
   * @param use gets the number, and each one that comes instead
   */
  public NodeLease(
      AcceptanceNodes nodes,
      SystemIdentity identity,
      InstanceName instance,
      @Nullable Path directory,
      String address,
      InstantSource clock,
      IntConsumer use) {
    this.nodes = nodes;
    this.identity = identity;
    this.instance = instance;
    this.clock = clock;
    this.use = use;
    this.file = open(directory, address);
    try {
      renew();
    } catch (SQLException e) {
      startWithout(e);
    }
  }

  /** Begins to renew it, or to ask for one. */
  public void start(Loops loops) {
    loop =
        loops.start(
            RouterLoop.NODE,
            "",
            self -> {
              if (self.rest(fresh ? RENEW_EVERY : TRY_EVERY)) {
                tryToRenew();
              }
              return Next.again();
            });
  }

  /** Whether this router has a number. */
  public boolean had() {
    return had;
  }

  /**
   * Whose the number is: as the database says, or as the disk remembers of the one at the same
   * address; empty without both.
   */
  public Optional<RecordId> system() {
    return Optional.ofNullable(system);
  }

  /** For people: the number and since when it stands, or why there is none. */
  public String standing() {
    return standing;
  }

  @Override
  public void close() {
    SupervisedLoop started = loop;
    if (started != null) {
      started.stop(STOP_PATIENCE);
    }
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        log.debug("Cannot close the file of the node number: {}", e.getMessage());
      }
    }
  }

  private void tryToRenew() {
    try {
      renew();
    } catch (SQLException e) {
      fresh = false;
      Lease known = lease;
      if (known != null) {
        standing = "%d, not renewed since %s".formatted(known.node(), known.renewedAt());
        keep(known);
      } else {
        standing = "none: " + SqlFaults.describe(e);
      }
    }
  }

  private void renew() throws SQLException {
    // First: a number that was taken is not given back.
    RecordId owner = identity.read();
    Lease known = lease;
    Optional<Lease> renewed = known == null ? Optional.empty() : nodes.renew(known.id());
    if (known != null && renewed.isEmpty()) {
      log.warn("Node number {} was given to another router; taking another", known.node());
    }
    Lease now =
        renewed.isPresent()
            ? renewed.get()
            : nodes.take(instance, kept().map(NodeFile.Kept::lease).orElse(null));
    system = owner;
    use(now);
    fresh = true;
    standing = "%d, renewed at %s".formatted(now.node(), now.renewedAt());
    keep(now);
  }

  private Optional<NodeFile.Kept> kept() {
    return file == null ? Optional.empty() : file.kept();
  }

  private void startWithout(SQLException e) {
    String why = SqlFaults.describe(e);
    Instant now = clock.instant();
    // A clock that was put back since could make the stamps of then once more.
    Optional<NodeFile.Kept> usable =
        kept()
            .filter(kept -> kept.lease().until().isAfter(now.plus(CLOCKS)))
            .filter(kept -> kept.at().isBefore(now));
    if (usable.isEmpty()) {
      standing = "none: " + why;
      log.warn("No node number: {}; nothing is accepted until there is one", why);
      return;
    }
    Lease known = usable.get().lease();
    system = usable.get().system();
    use(known);
    standing = "%d, not renewed since %s".formatted(known.node(), known.renewedAt());
    log.warn(
        "The control schema leases no node number: {}; going on with {}, which is this router's"
            + " until {}",
        why,
        known.node(),
        known.until());
  }

  private void use(Lease now) {
    Lease before = lease;
    lease = now;
    if (before == null || before.node() != now.node()) {
      use.accept(now.node());
      log.info("Accepting as node {}", now.node());
    }
    had = true;
  }

  private void keep(Lease now) {
    if (file != null) {
      try {
        file.keep(now, clock.instant(), system);
      } catch (IOException e) {
        log.warn("Cannot remember the node number on disk: {}", e.toString());
      }
    }
  }

  private static @Nullable NodeFile open(@Nullable Path directory, String address) {
    if (directory == null) {
      return null;
    }
    try {
      return NodeFile.take(directory, address);
    } catch (IOException e) {
      log.warn(
          "Cannot remember the node number in {}: {}; a start without the database would have none",
          directory,
          e.toString());
      return null;
    }
  }
}
