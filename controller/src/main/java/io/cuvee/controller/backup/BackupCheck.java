package io.cuvee.controller.backup;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.audit.Finding;
import io.cuvee.controller.audit.StreamChain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Looks whether the texts of a backup can be read and fit together.
public final class BackupCheck {
  private final List<Finding> findings = new ArrayList<>();
  private final Set<String> schemas = new HashSet<>();
  private final Map<String, TableConfig> configs = new HashMap<>();
  private final Map<String, List<SegmentRecord>> records = new TreeMap<>();

  private BackupCheck() {}

  /// What is wrong; empty if nothing is.
  public static List<Finding> check(Backup backup) {
    BackupCheck check = new BackupCheck();
    backup.texts().forEach(check::read);
    check.compare(backup);
    return List.copyOf(check.findings);
  }

  private void read(String path, String text) {
    String[] names = path.split("/");
    try {
      switch (names[0]) {
        case "schemas" -> {
          Schema.parse(text);
          schemas.add(names[1]);
        }
        case "tables" -> configs.put(names[1], TableConfig.parse(text));
        case "segments" -> {
          SegmentRecord record = SegmentRecord.parse(text);
          if (!record.key().equals(new SegmentKey(names[1], names[2]))) {
            throw new CuveeException(
                ErrorCode.INVALID_INPUT, "It is the record of " + record.key() + ".");
          }
          records.computeIfAbsent(names[1], table -> new ArrayList<>()).add(record);
        }
        default -> {}
      }
    } catch (CuveeException e) {
      add(Finding.Kind.UNREADABLE_METADATA, "", path, String.valueOf(e.getMessage()));
    }
  }

  private void add(Finding.Kind kind, String table, String where, String detail) {
    findings.add(new Finding(kind, table, "", where, detail));
  }

  private void compare(Backup backup) {
    configs.forEach((table, config) -> {
      if (!schemas.contains(config.schemaName())) {
        add(
            Finding.Kind.TABLE_WITHOUT_SCHEMA,
            table,
            config.schemaName(),
            "the table needs the schema '" + config.schemaName() + "', which is not in the backup");
      }
    });
    records.forEach((table, own) -> {
      if (!backup.texts().containsKey("tables/" + table)) {
        add(
            Finding.Kind.SEGMENTS_WITHOUT_TABLE,
            table,
            "",
            own.size() + " segments have records, but there is no config");
      }
      // Paused or not: what is missing at the end is begun by the controller.
      findings.addAll(StreamChain.check(own, true));
    });
  }
}
