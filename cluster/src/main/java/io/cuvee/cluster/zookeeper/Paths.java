package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Role;

/// Where the state of one cluster is in ZooKeeper:
///
/// | path | kind | holds |
/// |---|---|---|
/// | `/cuvee/{cluster}/live/{role}/{id}` | ephemeral | the instance |
/// | `/cuvee/{cluster}/incarnation/{role}/{id}` | persistent | the newest incarnation; its version fences what older ones write |
/// | `/cuvee/{cluster}/assignment/{server}/{bucket}` | persistent | what the server should hold, [BucketFormat] |
/// | `/cuvee/{cluster}/serving/{server}/{bucket}` | ephemeral | what the server does hold, [BucketFormat] |
/// | `/cuvee/{cluster}/election/{candidate}-{sequence}` | ephemeral | the candidate's id; the lowest sequence leads |
/// | `/cuvee/{cluster}/kind` | persistent | who keeps assignment and serving: `zookeeper`, in the nodes above, or a plug-in, elsewhere |
/// | `/cuvee/{cluster}/epoch` | persistent | id of the last leader; its version is the epoch |
/// | `/cuvee/{cluster}/metadata/…` | persistent | see `MetadataStore` |
record Paths(String root) {
  static Paths of(String clusterName) {
    return new Paths("/cuvee/" + clusterName);
  }

  String live() {
    return root + "/live";
  }

  String live(Role role) {
    return live() + "/" + role;
  }

  String live(Instance instance) {
    return live(instance.role()) + "/" + instance.id();
  }

  String incarnation(Instance instance) {
    return root + "/incarnation/" + instance.role() + "/" + instance.id();
  }

  String assignment() {
    return root + "/assignment";
  }

  String assignment(String server) {
    return assignment() + "/" + server;
  }

  String serving() {
    return root + "/serving";
  }

  String serving(String server) {
    return serving() + "/" + server;
  }

  String election() {
    return root + "/election";
  }

  String kind() {
    return root + "/kind";
  }

  String epoch() {
    return root + "/epoch";
  }

  String metadata() {
    return root + "/metadata";
  }
}
