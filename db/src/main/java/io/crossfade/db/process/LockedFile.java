package io.crossfade.db.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that is its owner's alone until it is closed, or the process ends.
 *
 * @param channel reads and writes it
 * @param lock held on to: the JDK forgets one that nobody refers to, and gives it out again
 */
public record LockedFile(FileChannel channel, FileLock lock) implements AutoCloseable {

  /**
   * Locks a file, which it makes closed to others; never through a link.
   *
   * @return {@code null} when it is locked, by another process or by this one
   */
  public static @Nullable LockedFile tryLock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            PrivateDirectory.ofAFile(file));
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // This process has it.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    return lock == null ? null : new LockedFile(channel, lock);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
