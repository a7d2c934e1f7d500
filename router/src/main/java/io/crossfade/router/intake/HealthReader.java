package io.crossfade.router.intake;

import io.crossfade.router.intake.HealthNormaliser.Measured;

/** Reads measurements. */
record HealthReader(HealthNormaliser normaliser, Clocks clocks) implements WatchReader {

  @Override
  public boolean reports(Item item) {
    return HealthNormaliser.measures(item);
  }

  @Override
  public boolean names(Item item) {
    return HealthNormaliser.device(item) != null;
  }

  @Override
  public void read(Item item, Taken taken) throws UnreadableItemException {
    Measured measured = normaliser.normalise(item, null, clocks, clocks.accepted(), null);
    taken.accept(measured.data());
    if (measured.unreadable() != null) {
      taken.keep(item, measured.unreadable());
    }
  }
}
