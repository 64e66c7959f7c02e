package io.cuvee.broker.routing;

import io.cuvee.common.catalog.Catalog;

/// The tables and the routing that belong together, at one moment.
public record ClusterSnapshot(Catalog catalog, RoutingTable routing) {}
