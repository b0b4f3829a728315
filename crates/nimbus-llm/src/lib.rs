//! nimbus-llm
