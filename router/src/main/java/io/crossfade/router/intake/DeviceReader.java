package io.crossfade.router.intake;

/** Reads what devices report about themselves. */
record DeviceReader(DeviceNormaliser normaliser, Clocks clocks) implements WatchReader {

  @Override
  public boolean reports(Item item) {
    return DeviceNormaliser.reports(item);
  }

  @Override
  public boolean names(Item item) {
    return DeviceNormaliser.device(item) != null;
  }

  @Override
  public void read(Item item, Taken taken) throws UnreadableItemException {
    taken.accept(normaliser.normalise(item, clocks));
  }
}
