complete --keep-order --exclusive --command wfmcp --arguments "(COMPLETE=fish wfmcp -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
