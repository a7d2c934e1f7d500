package io.crossfade.router.flags;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.togglz.core.Feature;
import org.togglz.core.metadata.FeatureGroup;
import org.togglz.core.metadata.FeatureMetaData;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.spi.FeatureProvider;

/** Tells Togglz of the switches of all kinds. */
public final class RolloutFeatures implements FeatureProvider {

  private record About(RolloutFeature feature) implements FeatureMetaData {

    @Override
    public String getLabel() {
      return feature.label();
    }

    @Override
    public FeatureState getDefaultFeatureState() {
      return new FeatureState(feature, feature.unset());
    }

    @Override
    public Set<FeatureGroup> getGroups() {
      return Set.of();
    }

    @Override
    public Map<String, String> getAttributes() {
      return Map.of();
    }
  }

  @Override
  public Set<Feature> getFeatures() {
    return new LinkedHashSet<>(RolloutFeature.values());
  }

  @Override
  public FeatureMetaData getMetaData(Feature feature) {
    return new About(RolloutFeature.valueOf(feature.name()));
  }
}
